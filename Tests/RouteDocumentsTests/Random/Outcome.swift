import Kernel
import Netlink
import RouteDocuments
import SystemPackage
import TestSupport

/// What became of an operation.
enum Outcome: Hashable, Sendable, CustomStringConvertible {
    case done
    /// By the kernel: its own words where it has some, and its errno's where it has none.
    case refused(String)
    /// Before the kernel was asked.
    case notAsked(String)
    /// By us, of a value that no kernel takes, such as a range from its end.
    case valueRefused(String)

    var description: String {
        switch self {
        case .done: "done"
        case .refused(let words): "refused: \(words)"
        case .notAsked(let words), .valueRefused(let words): "not asked: \(words)"
        }
    }

    /// What `ip` says. It prints the kernel's words after `Error:` in the errno's place, and ends with 2; its own complaints end with another.
    init(ofPeer output: CommandOutput) {
        if output.isSuccess {
            self = .done
            return
        }
        self.init(
            complaints: output.errors.split(separator: "\n").map { String($0) },
            isOfKernel: output.status == .exited(2))
    }

    private init(complaints lines: [String], isOfKernel: Bool) {
        func rest(_ line: String, after prefix: String) -> String? {
            line.hasPrefix(prefix) ? String(line.dropFirst(prefix.utf8.count)) : nil
        }
        for line in lines {
            if let words = rest(line, after: "RTNETLINK answers: ") {
                self = .refused(words)
                return
            }
            if isOfKernel, let words = rest(line, after: "Error: ") {
                self = .refused(words.hasSuffix(".") ? String(words.dropLast()) : words)
                return
            }
        }
        self = .notAsked(lines.joined(separator: " "))
    }

    init(_ error: NetlinkError) {
        let words = error.kernelMessage.flatMap { $0.isEmpty ? nil : $0 } ?? error.errno?.description ?? "\(error)"
        self = .refused(words.hasSuffix(".") ? String(words.dropLast()) : words)
    }

    init(_ error: WordError) {
        switch error.kind {
        case .outOfRange, .malformed, .notNumber: self = .valueRefused(error.description)
        default: self = .notAsked(error.description)
        }
    }

    /// Whether we were told what `ip` was. What it does not ask of the kernel has to be refused, in whatever words; of what it asks, we
    /// may know the answer where a value cannot be.
    func matches(_ peer: Outcome) -> Bool {
        if case .notAsked = peer { return self != .done }
        if case .valueRefused = self { return peer != .done }
        return self == peer
    }
}
