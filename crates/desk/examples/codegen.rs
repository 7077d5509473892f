//! Writes the screen's TypeScript to the path given: `cargo xtask codegen`.

fn main() -> std::io::Result<()> {
    let path = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "ui/src/desk/api.ts".to_owned());
    std::fs::write(path, desk::api::typescript())
}
