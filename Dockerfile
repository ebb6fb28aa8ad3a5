# The image is the repository without its tests, plus what package.json asks for; the sources are built at the first run, which is here.
# Both stages share one base, so that what an install script fits to the system still fits.

FROM node:22-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:22-bookworm-slim
ENV NODE_ENV=production \
    CUIBAN_DATA=/var/lib/cuiban
WORKDIR /app
# The data folder serves the PostgreSQL that comes along when DATABASE_URL is not set (cuiban demo).
RUN install -d -o node -g node -m 0700 /var/lib/cuiban
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json tsconfig.json LICENSE ./
COPY src ./src
COPY jobs ./jobs
COPY config ./config
COPY seeds ./seeds
RUN node src/bin.mjs --help > /dev/null
# The code belongs to root: the process that runs it cannot change it.
USER node
VOLUME /var/lib/cuiban
STOPSIGNAL SIGTERM
# What the process says of itself, its ledger and its queue: a few index scans, whatever its roles and however large the ledger.
ENV CUIBAN_HTTP=127.0.0.1:8081
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8081/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/bin.mjs"]
CMD ["start"]
