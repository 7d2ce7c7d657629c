//! A mail server that takes everything and keeps nothing (RFC 5321, as much as Muster says): a minimal one of our own,
//! so that no time is spent on what a real one does with a mail.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Instant,
};

/// A running sink. Its threads end with the process.
pub struct Sink {
    /// Where it listens.
    pub address: SocketAddr,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    taken: AtomicU64,
    bytes: AtomicU64,
    first: Mutex<Option<Instant>>,
}

impl Sink {
    /// Starts to listen on a free port of the loopback.
    pub fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (address, seen) = (listener.local_addr()?, Arc::new(Seen::default()));
        let shared = seen.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let seen = shared.clone();
                // A connection that breaks off is the client's affair.
                thread::spawn(move || drop(converse(&stream, &seen)));
            }
        });
        Ok(Self { address, seen })
    }

    /// Mails that were answered by 250.
    pub fn taken(&self) -> u64 {
        self.seen.taken.load(Ordering::Relaxed)
    }

    /// Their bytes in all.
    pub fn bytes(&self) -> u64 {
        self.seen.bytes.load(Ordering::Relaxed)
    }

    /// When the first mail began.
    pub fn first(&self) -> Option<Instant> {
        *self.seen.first.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn converse(stream: &TcpStream, seen: &Seen) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut reader, mut writer) = (BufReader::with_capacity(64 * 1024, stream), stream);
    writer.write_all(b"220 sink\r\n")?;
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match verb.as_slice() {
            b"EHLO" => writer.write_all(b"250-sink\r\n250 8BITMIME\r\n")?,
            b"MAIL" => {
                seen.first.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(Instant::now);
                writer.write_all(b"250 ok\r\n")?;
            }
            b"DATA" => {
                writer.write_all(b"354 go on\r\n")?;
                let mut size = 0;
                loop {
                    line.clear();
                    size += reader.read_until(b'\n', &mut line)? as u64;
                    if line == b".\r\n" {
                        break;
                    }
                    if line.is_empty() {
                        return Ok(());
                    }
                }
                seen.bytes.fetch_add(size, Ordering::Relaxed);
                seen.taken.fetch_add(1, Ordering::Relaxed);
                writer.write_all(b"250 taken\r\n")?;
            }
            b"QUIT" => return writer.write_all(b"221 bye\r\n"),
            _ => writer.write_all(b"250 ok\r\n")?,
        }
    }
}
