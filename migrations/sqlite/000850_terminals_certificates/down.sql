-- Without its end a certificate would count as a token that nobody holds: its terminal has to
-- activate again, which a living credential does not hinder.
ALTER TABLE terminal_credential DROP COLUMN not_after;
