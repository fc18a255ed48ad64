internal import Kernel
internal import Netlink
internal import Synchronization

/// A recorded host that answers once, for one verb: what is asked of it twice is answered as it was recorded twice.
public struct Replay: Sendable {
    public let host: Host
    private let files: ReplayFiles
    private let netlink: ReplayNetlink?
    private let missing: MissingNetlink?
    private let documents: KeptDocuments

    fileprivate init(_ recording: Recording) throws(RecordingError) {
        files = ReplayFiles(recording.files)
        let source: any NetlinkSource
        if let capture = recording.netlink {
            do throws(NetlinkError) {
                let replay = try ReplayNetlink(capture)
                (netlink, missing, source) = (replay, nil, replay)
            } catch {
                throw RecordingError(.badCapture(error))
            }
        } else {
            let none = MissingNetlink()
            (netlink, missing, source) = (nil, none, none)
        }
        documents = KeptDocuments(.replay, recording.documents)
        host = Host(HostRoot(replaying: files), netlink: source, documents: documents)
    }

    /// What was asked for and is not in the recording, in words. An answer that was made without it is none.
    public var unanswered: [String] {
        files.unanswered + (netlink?.unanswered ?? []) + (missing?.wasAsked == true ? ["netlink"] : [])
            + documents.all.missing
    }
}

extension Recording {
    /// The recorded host, for one verb: keep it to ask what was missing. Throws where the capture is another machine's kind.
    public func replay() throws(RecordingError) -> Replay { try Replay(self) }
}

/// The netlink of a recording that holds none: it remembers whether it was asked.
private final class MissingNetlink: NetlinkSource {
    private let asked = Mutex(false)
    var wasAsked: Bool { asked.withLock { $0 } }

    func open(_ family: NetlinkSocket.Family) throws(NetlinkError) -> any NetlinkTransport {
        asked.withLock { $0 = true }
        return try AbsentNetlink(.recording).open(family)
    }
}
