internal import Kernel
internal import Synchronization

/// The planes beside files and netlink: for what a verb asks of something else (a metadata service, a hypervisor), one JSON document a
/// plane, whose form is the verb's.
public final class KeptDocuments: Sendable {
    public enum Mode: Hashable, Sendable {
        /// The verb asks.
        case live
        /// The verb asks, and keeps what passed.
        case recording
        /// The verb reads what was kept, and asks nobody.
        case replay
    }

    struct State {
        var documents: [String: [UInt8]] = [:]
        var redacted: [String] = []
        var doubtful: [String] = []
        var missing: [String] = []
    }

    public let mode: Mode
    private let state: Mutex<State>

    init(_ mode: Mode, _ documents: [String: [UInt8]] = [:]) {
        self.mode = mode
        state = Mutex(State(documents: documents))
    }

    /// Nothing is kept.
    public static let live = KeptDocuments(.live)

    /// The plane's document in a replay; nil, and remembered, where the recording has none.
    public func document(_ plane: String) -> [UInt8]? {
        state.withLock {
            if let document = $0.documents[plane] { return document }
            $0.missing.append(plane)
            return nil
        }
    }

    /// While a recording is made: the plane's document, free of secrets, what was taken out of it, and what it may answer otherwise than
    /// the host.
    public func keep(_ plane: String, _ document: [UInt8], redacted: [String], doubtful: [String] = []) {
        state.withLock {
            $0.documents[plane] = document
            $0.redacted += redacted
            $0.doubtful += doubtful
        }
    }

    /// In a replay: what a plane was asked for and has not, in words.
    public func miss(_ what: [String]) { state.withLock { $0.missing += what } }

    var all: State { state.withLock { $0 } }
}
