import Documents
import Glibc
import Kernel
import SystemPackage

/// Why a command failed, as it is told: what, on which object, why, and what to do next.
struct CommandFailure: Error {
    /// The exit status, one meaning each (ARCHITECTURE.md).
    enum Exit: Int32 {
        case failed = 1
        case usage = 2
        case refused = 3
        case notFound = 4
        case timedOut = 5
        /// As a shell tells SIGINT.
        case interrupted = 130
    }
    var exit = Exit.failed
    /// In the verb's words: `open`, `build`, `detect`.
    var operation: String
    var subject: String?
    var errno: Errno?
    var message: String
    var hint: String?

    init(
        _ exit: Exit = .failed, _ operation: String, on subject: String? = nil, errno: Errno? = nil,
        message: String, hint: String? = nil
    ) {
        self.exit = exit
        self.operation = operation
        self.subject = subject
        self.errno = errno
        self.message = message
        self.hint = hint
    }

    /// From a system call's failure; the hint says what would help where the number tells.
    init(_ error: OSError, _ operation: String, hint: String? = nil) {
        let usual: String? =
            switch error.errno {
            case .notPermitted, .permissionDenied: "run this as root"
            case Errno(rawValue: ENOTBLK): "name a disk, or an image file"
            default: nil
            }
        self.init(
            .failed, operation, on: error.subject, errno: error.errno, message: "\(error.operation): \(error.reason)",
            hint: hint ?? usual)
    }

    var line: String {
        let object = subject.map { "\(operation) \($0)" } ?? operation
        return "slipway: \(object): \(message)" + (hint.map { "; \($0)" } ?? "")
    }

    var document: JSONValue {
        [
            "error": [
                "operation": .string(operation), "subject": JSONValue(subject),
                "errno": JSONValue(errno.map { Int($0.rawValue) }), "message": .string(message),
                "hint": JSONValue(hint),
            ]
        ]
    }
}

/// Where answers, errors and progress go.
enum Terminal {
    /// The whole answer at once: stdout is never partial.
    static func answer(_ text: String) { write(1, text.hasSuffix("\n") || text.isEmpty ? text : text + "\n") }
    /// Bytes as they are, with no line's end behind them.
    static func answer(bytes: [UInt8]) { write(1, bytes) }
    static func note(_ text: String) { write(2, text + "\n") }
    /// On stderr, with no line's end: one that changes.
    static func line(_ text: String) { write(2, text) }

    static func answer(_ value: some Encodable) throws {
        do { answer(try JSONText.encode(value)) } catch {
            throw CommandFailure(.failed, "print", message: error.problem)
        }
    }

    /// Ends the process by the failure's exit status, its words on stderr.
    static func fail(_ failure: CommandFailure, asJSON: Bool) -> Never {
        if asJSON, let text = try? JSONText.encode(failure.document, as: .line) {
            note(text)
        } else {
            note(failure.line)
        }
        exit(failure.exit.rawValue)
    }

    private static func write(_ descriptor: Int32, _ text: String) { write(descriptor, Array(text.utf8)) }

    private static func write(_ descriptor: Int32, _ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            // SAFETY: `done` is within the array and the rest follows it.
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done)
            }
            if count < 0, errno != EINTR { return }
            done += max(0, count)
        }
    }
}
