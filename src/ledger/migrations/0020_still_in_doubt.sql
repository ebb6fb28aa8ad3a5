-- What was in doubt and was refused only when it was sent again may have arrived the first time: tried once more at a person's wish, it is
-- in doubt as before, and so is neither carried into another letter nor called cancelled.
CREATE OR REPLACE FUNCTION cuiban.message_may_become(old text, new text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE old
  WHEN 'created' THEN new IN ('sending', 'cancelled')
  WHEN 'temporary-failure' THEN new IN ('sending', 'cancelled')
  WHEN 'sending' THEN new IN ('sent', 'temporary-failure', 'permanent-failure', 'unknown', 'cancelled')
  WHEN 'unknown' THEN new IN ('sending', 'sent', 'delivered', 'permanent-failure')
  WHEN 'sent' THEN new IN ('delivered', 'permanent-failure')
  WHEN 'permanent-failure' THEN new IN ('temporary-failure', 'unknown', 'cancelled')
  ELSE false
END;
