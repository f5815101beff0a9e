//! The `caretaker` command-line tool; all it does is in the library.

use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    caretaker::main().await
}
