internal import FoundationEssentials
public import Kernel
internal import SystemPackage

/// A command that only reads, as the recorder runs it.
public struct ReadingVerb: Sendable {
    /// Noun and verb: `"platform facts"`.
    public let name: String
    /// What the command puts on stdout with `--json`.
    public let answer: @Sendable (HostRoot) throws -> String

    public init(_ name: String, _ answer: @escaping @Sendable (HostRoot) throws -> String) {
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
        _ verbs: [ReadingVerb], of host: HostRoot, date: Int64
    ) throws(RecordingError) -> Recording {
        var members: Set<String> = []
        for verb in verbs where !members.insert(try Recording.memberName(ofVerb: verb.name)).inserted {
            throw RecordingError(.badVerb(verb.name))
        }
        let recording = RecordingFiles(before: host.files)
        let recorded = host.reading(through: recording)
        for verb in verbs { _ = try? verb.answer(recorded) }
        let kernel = recorded.textIfPresent("/proc/sys/kernel/osrelease") ?? "unknown"
        var plane = recording.plane
        let redacted = redaction.apply(to: &plane)
        var answers: [String: String] = [:]
        var failed: [String: String] = [:]
        for verb in verbs {
            do {
                let text = try verb.answer(HostRoot(replaying: ReplayFiles(plane)))
                answers[verb.name] = text.hasSuffix("\n") ? text : text + "\n"
            } catch {
                failed[verb.name] = "\(error)"
            }
        }
        let manifest = RecordingManifest(
            kernel: kernel, date: Date(timeIntervalSince1970: Double(date)).ISO8601Format(), planes: ["files"],
            redacted: redacted, answered: answers.keys.sorted(), failed: failed)
        return Recording(manifest: manifest, files: plane, answers: answers, modificationTime: date)
    }
}
