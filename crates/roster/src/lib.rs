//! Lists of people as administrators have them: pasted text, and CSV files of any separator and encoding. No I/O.
//!
//! A file goes from bytes to text ([`encoding`]), to rows ([`table`]), to columns with a meaning ([`columns`]), to people
//! and to each row that has to be mended ([`people`]). Pasted text has people in it in no form in particular
//! ([`pasted`]). What leaves the console as CSV is protected, and comes back as it was ([`export`]).
//!
//! Only the first two steps want the feature `read`; the others and all types are there for the browser too.

pub mod columns;
mod cut;
pub mod encoding;
pub mod export;
mod invented;
pub mod limits;
pub mod pasted;
pub mod people;
pub mod table;

pub use cut::SHOWN;
pub use invented::name_of;
