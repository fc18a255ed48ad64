internal import Fetch
internal import FoundationEssentials
public import Kernel
internal import Synchronization

/// A recorded platform.
public final class MetadataReplay: Sendable {
    private let recording: MetadataRecording
    private let http: ReplayHTTP
    private let missing = Mutex<[String]>([])

    public init(_ recording: MetadataRecording) {
        self.recording = recording
        http = ReplayHTTP(recording.exchanges)
    }

    /// What was asked for and is not in the recording. An answer that was made without it is none.
    public var unanswered: [String] { http.unanswered + missing.withLock { $0 } }

    /// `host` is the recorded one.
    public func context(_ host: HostRoot, deadline: Deadline) -> MetadataContext {
        var context = MetadataContext(
            http: http, host: host, deadline: deadline, now: recording.date, volumes: ReplayVolumes(replay: self),
            guestInfo: ReplayGuestInfo(replay: self))
        context.isReplay = true
        return context
    }

    fileprivate func find<Value>(_ what: String, _ value: (MetadataRecording) -> Value?) -> Value? {
        guard let value = value(recording) else {
            missing.withLock { $0.append(what) }
            return nil
        }
        return value
    }
}

private struct ReplayVolumes: VolumeFinder {
    let replay: MetadataReplay

    func volumes(labeled labels: [String]) throws(PlatformError) -> [any ConfigurationVolume] {
        let key = labels.joined(separator: ",")
        let found = replay.find("volumes labelled \(key)") { $0.volumes[key] } ?? []
        return found.map { ReplayVolume(replay: replay, volume: $0) }
    }
}

private struct ReplayVolume: ConfigurationVolume {
    let replay: MetadataReplay
    let volume: MetadataRecording.Volume
    var name: String { volume.name }
    var label: String { volume.label }

    func contents(of path: String, limit: Int) throws(PlatformError) -> [UInt8]? {
        let text = replay.find("\(name):\(path)") { _ in volume.files[path] } ?? nil
        guard let bytes = text.flatMap({ Data(base64Encoded: $0) }) else { return nil }
        guard bytes.count <= limit else {
            throw PlatformError(.nonsense("\(path) is longer than \(limit) bytes"), url: name)
        }
        return Array(bytes)
    }

    func entries(of path: String) throws(PlatformError) -> [String]? {
        replay.find("\(name):\(path)/") { _ in volume.folders[path] } ?? nil
    }
}

private struct ReplayGuestInfo: GuestInfo {
    let replay: MetadataReplay

    func value(of key: String, deadline: Deadline) async throws(PlatformError) -> [UInt8]? {
        let text = replay.find("the hypervisor's \(key)") { $0.guestInfo[key] } ?? nil
        return text.flatMap { Data(base64Encoded: $0) }.map { Array($0) }
    }

    func set(_ key: String, to value: [UInt8], deadline: Deadline) async throws(PlatformError) {}
}
