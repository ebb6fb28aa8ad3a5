-- Tables whose rows change several times in a short life are vacuumed after a fiftieth has changed and not a fifth, at a pace that keeps
-- up with a morning's burst. A reminder changes no indexed column when it is told: with room on its page it stays there (HOT), and its wide
-- unique index is left alone. A message's state is in its indexes whatever is done, an assignment's next look too: room would be wasted on them.
ALTER TABLE cuiban.message SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500,
  autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1);
ALTER TABLE cuiban.reminder SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500,
  autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1);
ALTER TABLE cuiban.assignment SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500,
  autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 1);
ALTER TABLE cuiban.pulse SET (fillfactor = 50);
