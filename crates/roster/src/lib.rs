//! Lists of people as administrators have them: pasted text, and CSV files of any separator and encoding. No I/O.

pub mod columns;
mod cut;
pub mod encoding;
pub mod export;
mod invented;
pub mod limits;
pub mod people;
pub mod table;

pub use cut::SHOWN;
pub use invented::name_of;
