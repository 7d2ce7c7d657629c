//! As much HTTP/1.1 as measuring needs: requests as bytes, answers by length or in chunks.

use anyhow::{Context, bail};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// An answer that takes longer is a fault, and so the measurement ends.
const PATIENCE: Duration = Duration::from_secs(60);

/// The bytes of a request. `lines` are further header lines, each with its line break.
pub fn request(method: &str, host: SocketAddr, path: &str, lines: &str, body: &[u8]) -> Vec<u8> {
    let length = if body.is_empty() && method == "GET" {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", body.len())
    };
    let mut bytes = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{lines}{length}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A connection that is used again and again.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer; its bytes lie in the connection's buffer until the next request.
pub struct Answer<'b> {
    /// The status.
    pub status: u16,
    /// The header as it came.
    pub head: &'b str,
    /// The body as it came, chunked or not.
    pub body: &'b [u8],
    /// From the request's last byte to the answer's first.
    pub first_byte: Duration,
}

impl Answer<'_> {
    /// A field of the header.
    pub fn field(&self, name: &str) -> Option<&str> {
        field(self.head, name)
    }

    /// The body without the marks of its chunks.
    pub fn whole_body(&self) -> Vec<u8> {
        if !chunked(self.head) {
            return self.body.to_vec();
        }
        let (mut out, mut rest) = (Vec::new(), self.body);
        while let Some(end) = find(rest, b"\r\n") {
            let size =
                std::str::from_utf8(&rest[..end]).ok().and_then(|s| usize::from_str_radix(s.trim(), 16).ok());
            let chunk = size.filter(|size| *size > 0).and_then(|size| rest.get(end + 2..end + 2 + size));
            let Some(chunk) = chunk else { break };
            out.extend_from_slice(chunk);
            rest = rest.get(end + 4 + chunk.len()..).unwrap_or_default();
        }
        out
    }
}

fn field<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, v)| v.trim())
}

fn chunked(head: &str) -> bool {
    field(head, "transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked"))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

impl Connection {
    /// Connects.
    pub fn open(to: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(to)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Sends a request and reads its whole answer.
    pub fn call(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        self.stream.write_all(request)?;
        let begin = Instant::now();
        self.buffer.clear();
        self.more()?;
        let first_byte = begin.elapsed();
        let head = loop {
            match find(&self.buffer, b"\r\n\r\n") {
                Some(end) => break end,
                None => self.more()?,
            }
        };
        let (status, length) = {
            let text = std::str::from_utf8(&self.buffer[..head])?;
            let status = text.split(' ').nth(1).and_then(|s| s.parse().ok()).context("no status")?;
            let length = match field(text, "content-length") {
                Some(length) => Some(length.parse::<usize>()?),
                None if chunked(text) => None,
                None => Some(0),
            };
            (status, length)
        };
        let body = head + 4;
        match length {
            Some(length) => {
                while self.buffer.len() < body + length {
                    self.more()?;
                }
            }
            None => {
                while self.buffer[body..] != *b"0\r\n\r\n" && !self.buffer[body..].ends_with(b"\r\n0\r\n\r\n")
                {
                    self.more()?;
                }
            }
        }
        let head = std::str::from_utf8(&self.buffer[..head])?;
        Ok(Answer { status, head, body: &self.buffer[body..], first_byte })
    }

    fn more(&mut self) -> anyhow::Result<()> {
        let mut chunk = [0; 16 * 1024];
        let count = self.stream.read(&mut chunk)?;
        if count == 0 {
            bail!("the server ended the connection");
        }
        self.buffer.extend_from_slice(&chunk[..count]);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Answer;
    use std::time::Duration;

    #[test]
    fn chunks_are_joined() {
        let answer = Answer {
            status: 200,
            head: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked",
            body: b"5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n",
            first_byte: Duration::ZERO,
        };
        assert_eq!(answer.whole_body(), b"hello!");
    }
}
