-- A link serves its phone until that has an address of its own. Who asks below it later is refused until somebody says yes.
-- When something was last refused so.
ALTER TABLE headwind_device ADD COLUMN asked_again_at INTEGER;
-- Until when it may connect below its link again.
ALTER TABLE headwind_device ADD COLUMN again_until INTEGER;
