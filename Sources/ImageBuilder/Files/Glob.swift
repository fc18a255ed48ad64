internal import Glibc

/// fnmatch(3), by which libkmod and the loader's configuration match too.
enum Glob {
    /// Whether a text is a pattern rather than a name.
    static func isPattern(_ text: String) -> Bool { text.contains { $0 == "*" || $0 == "?" || $0 == "[" } }

    /// A `*` matches slashes as well.
    static func matches(_ text: String, pattern: String) -> Bool {
        // SAFETY: both C strings live through the call.
        unsafe fnmatch(pattern, text, 0) == 0
    }
}
