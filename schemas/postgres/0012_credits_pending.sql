-- What was granted for later, and taken back before it began: few transactions among many, by which
-- a statement tells what of its balance is not in effect yet.
CREATE INDEX transactions_granted ON tally.transactions (org, owner, asset, sequence)
    WHERE category IN ('grant', 'adjustment', 'reversal');
