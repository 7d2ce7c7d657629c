//! Lists of people as administrators have them: pasted text, and CSV files of any separator and encoding. No I/O.

pub mod columns;
pub mod encoding;
pub mod limits;
pub mod table;
