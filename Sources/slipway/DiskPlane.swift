import BlockDevices
import Documents
import Kernel
import Recordings

/// The devices of the host that a verb reads, and who has them open: this machine's, or those of a recording's plane `disks`.
struct DiskPlane {
    private static let name = "disks"

    let nodes: DeviceNodes
    /// nil is to ask the host.
    let openers: [DiskUse]?
    private let documents: KeptDocuments

    /// While a recording is made, `disks` are captured for it.
    init(_ operation: String, _ host: Host, recording disks: [Disk] = []) throws {
        documents = host.documents
        switch host.documents.mode {
        case .live:
            nodes = DeviceNodes(of: host.root)
            openers = nil
        case .recording:
            // A directory has no devices, and its record says so. Of this machine, what is read to capture is no part of the files' plane.
            let capture = host.root.isLive ? DeviceRecords.capture(disks, in: .live) : DeviceRecords.none(of: disks)
            host.documents.keep(
                Self.name, try capture.records.encoded(),
                redacted: capture.redacted.map { "planes/\(Self.name).json \($0)" }, doubtful: capture.doubtful)
            nodes = .recorded(capture.records)
            openers = capture.records.openers
        case .replay:
            var records = DeviceRecords()
            if let document = host.documents.document(Self.name) {
                do { records = try DeviceRecords(decoding: document) } catch {
                    throw CommandFailure(
                        .failed, operation, on: "planes/\(Self.name).json", message: "\(error)",
                        hint: "make a recording with 'slipway record -o FILE'")
                }
            }
            nodes = .recorded(records)
            openers = records.openers
        }
    }

    /// Tells the replay which devices the recording has nothing of.
    func miss(_ problems: [OSError]) {
        documents.miss(problems.filter { $0.operation == "replay" }.map { $0.subject ?? Self.name })
    }
}
