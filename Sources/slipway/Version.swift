/// What `--version` and certificates say.
enum Version {
    static let text = "0.1.0"
}
