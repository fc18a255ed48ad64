internal import Documents
public import Fetch
internal import FoundationEssentials
internal import Kernel
internal import Synchronization

/// All that a platform was asked and answered: HTTP exchanges, volumes, the hypervisor's keys. What a recording keeps of metadata.
public struct MetadataRecording: Hashable, Sendable, Codable {
    public struct Volume: Hashable, Sendable, Codable {
        public var name: String
        public var label: String
        /// In base64; null for a file that is not there.
        public var files: [String: String?] = [:]
        public var folders: [String: [String]?] = [:]
    }

    public var exchanges: [HTTPExchange] = []
    /// By the labels that were looked for, in their order, joined by commas.
    public var volumes: [String: [Volume]] = [:]
    /// In base64; null for a key that is not set.
    public var guestInfo: [String: String?] = [:]
    /// Seconds since 1970, when it was asked.
    public var date: Int64 = 0
    /// Who was asked.
    public var platform: String
    /// Where, if not at the platform's own addresses: `http://192.0.2.1:8080`.
    public var endpoint: String?

    private enum CodingKeys: String, CodingKey {
        case exchanges, volumes
        case guestInfo = "guestinfo"
        case date, platform, endpoint
    }

    public init(of platform: PlatformName) { self.platform = platform.rawValue }
}

/// Keeps what passes through a context.
public final class MetadataRecorder: Sendable {
    private let before: MetadataContext
    private let http: RecordingHTTP
    private let kept: Mutex<MetadataRecording>

    public init(of platform: PlatformName, before context: MetadataContext) {
        self.before = context
        http = RecordingHTTP(before: context.http)
        var recording = MetadataRecording(of: platform)
        recording.date = context.now
        recording.endpoint = context.endpoints?.first?.description
        kept = Mutex(recording)
    }

    /// The same context, recorded. Nothing is remembered, so that the exchanges are whole.
    public var context: MetadataContext {
        var context = before
        context.http = http
        context.volumes = RecordingVolumes(before: before.volumes, recorder: self)
        context.guestInfo = RecordingGuestInfo(before: before.guestInfo, recorder: self)
        context.memory = nil
        return context
    }

    public var recording: MetadataRecording {
        var recording = kept.withLock { $0 }
        recording.exchanges = http.exchanges
        return recording
    }

    fileprivate func keep(_ change: (inout MetadataRecording) -> Void) { kept.withLock { change(&$0) } }
}

private struct RecordingVolumes: VolumeFinder {
    let before: any VolumeFinder
    let recorder: MetadataRecorder

    func volumes(labeled labels: [String]) throws(PlatformError) -> [any ConfigurationVolume] {
        let found = try before.volumes(labeled: labels)
        let key = labels.joined(separator: ",")
        recorder.keep {
            $0.volumes[key] = found.map { MetadataRecording.Volume(name: $0.name, label: $0.label) }
        }
        return found.enumerated().map { RecordingVolume(before: $1, recorder: recorder, key: key, place: $0) }
    }
}

private struct RecordingVolume: ConfigurationVolume {
    let before: any ConfigurationVolume
    let recorder: MetadataRecorder
    let key: String
    let place: Int
    var name: String { before.name }
    var label: String { before.label }

    func contents(of path: String, limit: Int) throws(PlatformError) -> [UInt8]? {
        let bytes = try before.contents(of: path, limit: limit)
        recorder.keep {
            $0.volumes[key]?[place].files.updateValue(bytes.map { Data($0).base64EncodedString() }, forKey: path)
        }
        return bytes
    }

    func entries(of path: String) throws(PlatformError) -> [String]? {
        let names = try before.entries(of: path)
        recorder.keep { $0.volumes[key]?[place].folders.updateValue(names, forKey: path) }
        return names
    }
}

private struct RecordingGuestInfo: GuestInfo {
    let before: any GuestInfo
    let recorder: MetadataRecorder

    func value(of key: String, deadline: Deadline) async throws(PlatformError) -> [UInt8]? {
        let value = try await before.value(of: key, deadline: deadline)
        recorder.keep { $0.guestInfo.updateValue(value.map { Data($0).base64EncodedString() }, forKey: key) }
        return value
    }

    func close() { before.close() }

    /// A recording changes nothing.
    func set(_ key: String, to value: [UInt8], deadline: Deadline) async throws(PlatformError) {}
}
