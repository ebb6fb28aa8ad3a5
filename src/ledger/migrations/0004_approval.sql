-- Who approved the due date as it stands, and the document that says so: letters cite it.

ALTER TABLE cuiban.assignment ADD COLUMN approval jsonb;
