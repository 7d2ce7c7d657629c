//! The Store port on sqlx, with its migrations and its contract tests.
