import Documents
import Glibc
import Kernel
import Network
import Platform
import Recordings

/// Runs `platform metadata --watch`: writes what there is, then each event, until the time is over, a signal comes or nobody reads any
/// more.
struct MetadataWatchRun: ~Copyable {
    private let asked: ServiceOptions.Asked
    private let deadline: Deadline
    private let writer: EventWriter
    private let isJSON: Bool

    init(_ service: ServiceOptions, timeout: Double?, json: Bool) throws {
        asked = try service.asked(on: .live)
        deadline = Deadline(in: .seconds(timeout ?? 31_536_000))
        writer = EventWriter(until: timeout == nil ? nil : deadline)
        isJSON = json
    }

    consuming func run() throws {
        let (asked, deadline, writer, isJSON) = (asked, deadline, writer, isJSON)
        // The wait for a service is the task's; the signal's and the reader's end is the thread's, which cancels it.
        let done = try WakeUp()
        let task = Task.detached { () -> Result<Void, PlatformError> in
            defer { done.fire() }
            do throws(PlatformError) {
                var events = MetadataEvents(of: asked.source, until: deadline) { asked.context(until: $0) }
                    .makeAsyncIterator()
                while let event = try await events.next() {
                    let text = isJSON ? try? JSONText.encode(event.document, as: .line) : event.line
                    guard writer.write(text ?? "") else { break }
                }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        writer.wait(for: done)
        task.cancel()
        if writer.isInterrupted { exit(CommandFailure.Exit.interrupted.rawValue) }
        try WorkerThread.blocking { await task.value }.get()
        exit(0)
    }
}

extension MetadataEvent {
    /// For people.
    fileprivate var line: String {
        func text(_ value: JSONValue) -> String { (try? JSONText.encode(value, as: .line)) ?? "" }
        return switch self {
        case .present(let snapshot):
            "\(snapshot.platform) \(snapshot.instanceID ?? "") \(snapshot.hostName ?? "")"
        case .notice(let notice, .null): "\(notice.rawValue): taken back"
        case .notice(let notice, let value): "\(notice.rawValue): \(text(value))"
        case .network(let snapshot): "network: \(text(snapshot.network.document))"
        case .changed(let keys, _): "changed: \(keys.joined(separator: ", "))"
        case .unreachable(let error): "unreachable: \(error.message)"
        case .reachable: "reachable"
        }
    }
}
