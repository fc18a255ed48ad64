package import Kernel
internal import SystemPackage

/// The words of the kernel's command line that are ours, `slipway.KEY=VALUE`. The last of a key holds.
package struct CommandLineWords: Hashable, Sendable {
    private let values: [String: String]

    package init(_ text: String) {
        var values: [String: String] = [:]
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" || $0 == "\t" }) {
            guard word.hasPrefix("slipway."), let equals = word.firstIndex(of: "=") else { continue }
            let key = word[word.index(word.startIndex, offsetBy: 8)..<equals]
            values[String(key)] = String(word[word.index(after: equals)...])
        }
        self.values = values
    }

    package init(of root: HostRoot) { self.init(root.textIfPresent("/proc/cmdline") ?? "") }

    package subscript(key: String) -> String? { values[key] }
}
