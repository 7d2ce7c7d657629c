//! Pushes to iPhones and iPads, against an HTTP/2 server that asks for the client's certificate as APNs does.

mod calls;
mod doctor;
mod fake;
mod fleet;
mod kill;
mod line;
mod troubles;
