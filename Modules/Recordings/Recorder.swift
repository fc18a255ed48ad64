internal import FoundationEssentials
internal import Kernel
internal import Netlink
internal import SystemPackage

/// A command that only reads, as the recorder runs it.
public struct ReadingVerb: Sendable {
    /// Noun and verb: `"platform facts"`.
    public let name: String
    /// What the command puts on stdout with `--json`.
    public let answer: @Sendable (Host) throws -> String

    public init(_ name: String, _ answer: @escaping @Sendable (Host) throws -> String) {
        self.name = name
        self.answer = answer
    }
}

/// Makes recordings: runs the reading verbs on a host, keeps what they read, redacts it, and runs them again on what was kept.
public struct Recorder: Sendable {
    public let redaction: Redaction

    public init(redaction: Redaction = .secrets) { self.redaction = redaction }

    /// Records `host`. The answers are those that the verbs give on the redacted bytes, so that a replay gives them again.
    ///
    /// `date` is in seconds since 1970. A verb that fails on the host is no failure of the recording: its readings, the failed ones
    /// too, are kept, and the manifest has its words.
    public func record(
        _ verbs: [ReadingVerb], of host: Host, date: Int64
    ) throws(RecordingError) -> Recording {
        var members: Set<String> = []
        for verb in verbs where !members.insert(try Recording.memberName(ofVerb: verb.name)).inserted {
            throw RecordingError(.badVerb(verb.name))
        }
        let files = RecordingFiles(before: host.root.files)
        let netlink = RecordingNetlink(before: host.netlink)
        let documents = KeptDocuments(.recording)
        let recorded = Host(host.root.reading(through: files), netlink: netlink, documents: documents)
        for verb in verbs { _ = try? verb.answer(recorded) }
        let kernel = recorded.root.textIfPresent("/proc/sys/kernel/osrelease") ?? "unknown"
        var plane = files.plane
        var redacted = redaction.apply(to: &plane)
        var planes = ["files"]
        var capture: NetlinkCapture?
        if var whole = netlink.capture {
            planes.append("netlink")
            redacted += NetlinkSecrets.remove(from: &whole).map { "\(Recording.netlinkMember) \($0)" }
            capture = whole
        }
        let kept = documents.all
        planes += kept.documents.keys.sorted()
        redacted += kept.redacted
        let manifest = RecordingManifest(
            kernel: kernel, date: Date(timeIntervalSince1970: Double(date)).ISO8601Format(), planes: planes,
            redacted: redacted, doubtful: kept.doubtful.isEmpty ? nil : kept.doubtful)
        var recording = Recording(
            manifest: manifest, files: plane, netlink: capture, documents: kept.documents, answers: [:],
            modificationTime: date)
        try answer(verbs, in: &recording)
        return recording
    }

    /// Runs the verbs on what was kept, each on a replay of its own, as a user will.
    private func answer(_ verbs: [ReadingVerb], in recording: inout Recording) throws(RecordingError) {
        for verb in verbs {
            let replay = try recording.replay()
            do {
                let text = try verb.answer(replay.host)
                if let missing = replay.unanswered.first {
                    recording.manifest.failed[verb.name] = "the recording has nothing of \(missing)"
                } else {
                    recording.answers[verb.name] = text.hasSuffix("\n") ? text : text + "\n"
                }
            } catch {
                recording.manifest.failed[verb.name] = "\(error)"
            }
        }
        recording.manifest.answered = recording.answers.keys.sorted()
    }
}
