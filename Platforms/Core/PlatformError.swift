public import Kernel

/// Why a platform cannot be told or does not tell. Says which, where, what was answered and what to do next.
public struct PlatformError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// No platform with metadata here, or none that this build can ask.
        case noMetadata
        /// The service answered, and the answer is no.
        case refused
        /// The service answered what it never says; what is wrong with it.
        case nonsense(String)
        /// What the machine's owner says where its metadata is cannot be followed; why.
        case unusable(String)
        /// The deadline struck; what was waited for, and why it did not come.
        case timedOut(String)
        /// This process may not do what the service asks for; what that is.
        case notPermitted(String)
        /// Who the machine is, or what it is to do, is signed by nobody whom this node believes; why.
        case untrusted(String)
        /// `slipway.platform=` names no platform of this build.
        case unknownName(String)
        /// A facts document that is malformed; the parser's words.
        case badFacts(String)
        /// A facts document that cannot be read.
        case unreadable(OSError)
    }

    /// The command's exit code for it.
    public enum Exit: Int32, Hashable, Sendable {
        case failed = 1
        case notFound = 4
        case timedOut = 5
    }

    public let kind: Kind
    public let platform: PlatformName?
    public let url: String?
    /// HTTP's, of the last answer.
    public let status: Int?
    /// The next step for a person; empty where there is none.
    public let hint: String

    public init(
        _ kind: Kind, platform: PlatformName? = nil, url: String? = nil, status: Int? = nil, hint: String = ""
    ) {
        self.kind = kind
        self.platform = platform
        self.url = url
        self.status = status
        self.hint = hint
    }

    public var exit: Exit {
        switch kind {
        case .noMetadata: .notFound
        case .timedOut: .timedOut
        case .refused, .nonsense, .unusable, .untrusted, .notPermitted, .unknownName, .badFacts, .unreadable: .failed
        }
    }

    /// What went wrong and where, without the next step.
    public var message: String {
        words + Self.line(url.map { url in status.map { " (\(url): status \($0))" } ?? " (\(url))" } ?? "", limit: 4096)
    }

    /// What went wrong, for who names the place beside it.
    public var reason: String { words + (status.map { " (status \($0))" } ?? "") }

    private var words: String {
        let words =
            switch kind {
            case .noMetadata: "no metadata here"
            case .refused: "the metadata service refused"
            case .nonsense(let problem): "the metadata service answered nonsense: \(problem)"
            case .unusable(let problem): problem
            case .untrusted(let problem): "not believed: \(problem)"
            case .timedOut(let what): "timed out waiting for \(what)"
            case .notPermitted(let what): "this process may not \(what)"
            case .unknownName(let name): "slipway.platform=\(name) is no platform"
            case .badFacts(let problem): "the facts document: \(problem)"
            case .unreadable(let error): error.description
            }
        return (platform.map { "\($0): " } ?? "") + Self.line(words, limit: 1024)
    }

    /// As a terminal and a log may have it: a stranger's words, cut off, and without line ends and escapes.
    private static func line(_ text: String, limit: Int) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            guard line.utf8.count < limit else { return line + "…" }
            switch scalar.value {
            case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029: line += "\\u{\(String(scalar.value, radix: 16))}"
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    public var description: String { hint.isEmpty ? message : "\(message); \(hint)" }
}
