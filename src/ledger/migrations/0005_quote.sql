-- A task carries the words of the document that it was read from; those confirmed before were typed by hand.

UPDATE cuiban.task SET document = document || '{"quote": null}' WHERE NOT document ? 'quote';

UPDATE cuiban.schedule s
   SET document = jsonb_set(s.document, '{tasks}', (
         SELECT coalesce(jsonb_agg(CASE WHEN each.task ? 'quote' THEN each.task ELSE each.task || '{"quote": null}' END ORDER BY each.place), '[]')
           FROM jsonb_array_elements(s.document->'tasks') WITH ORDINALITY AS each(task, place)));
