internal import Documents
internal import Kernel
public import Netlink
public import SystemPackage

/// What a host was when it was read, and what the reading verbs made of it: one tar archive.
///
/// Layout: `manifest.json`, `files.json`, `netlink.pcap` where netlink was asked, `planes/<name>.json`, `files/<path>` for each body (`other/<n>` for one that no unpacked tree could hold),
/// `answers/<verb>.json`.
public struct Recording: Hashable, Sendable {
    public var manifest: RecordingManifest
    public var files: FilePlane
    /// What passed over netlink; nil where the host has none, and in recordings of older builds.
    public var netlink: NetlinkCapture?
    /// The planes beside: a document each, by the plane's name (letters and hyphens).
    public var documents: [String: [UInt8]]
    /// What each verb puts on stdout with `--json`, newline included, by the verb's words: `"platform facts"`.
    public var answers: [String: String]
    /// Seconds since 1970, of every member of the archive.
    public var modificationTime: Int64

    public init(
        manifest: RecordingManifest, files: FilePlane, netlink: NetlinkCapture? = nil,
        documents: [String: [UInt8]] = [:], answers: [String: String], modificationTime: Int64 = 0
    ) {
        self.manifest = manifest
        self.files = files
        self.netlink = netlink
        self.documents = documents
        self.answers = answers
        self.modificationTime = modificationTime
    }

    /// The member that holds ``netlink``, which Wireshark opens.
    static let netlinkMember = "netlink.pcap"
}

// MARK: - Writing

extension Recording {
    /// The archive. The same recording is the same bytes.
    public func archive() throws(RecordingError) -> [UInt8] {
        var writer = TarWriter(modificationTime: modificationTime)
        try Self.append(manifest, as: "manifest.json", to: &writer)
        let names = Self.memberNames(of: files.bodies.keys)
        let paths = files.bodies.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let index = FileIndex(
            bodies: paths.map {
                FileIndex.Body(path: $0, member: names[$0] ?? "", truncated: files.bodies[$0]?.isTruncated ?? false)
            },
            directories: files.directories, links: files.links,
            failures: files.failures.map { place, error in
                FileIndex.Failure(
                    path: place.path, reading: place.reading, operation: error.operation, errno: error.errno.rawValue)
            }.sorted { ($0.path, $0.reading.rawValue) < ($1.path, $1.reading.rawValue) })
        try Self.append(index, as: "files.json", to: &writer)
        let limit = TarReader.Limits().member
        if let netlink {
            let capture = netlink.pcap()
            guard capture.count <= limit else { throw RecordingError(.tooLarge(limit: limit)) }
            writer.append(Self.netlinkMember, capture)
        }
        for plane in documents.keys.sorted() {
            guard documents[plane]?.count ?? 0 <= limit else { throw RecordingError(.tooLarge(limit: limit)) }
            writer.append(try Self.memberName(ofPlane: plane), documents[plane] ?? [])
        }
        for path in paths {
            // What could not be read again is not written.
            guard files.bodies[path]?.bytes.count ?? 0 <= limit else { throw RecordingError(.tooLarge(limit: limit)) }
            writer.append(names[path] ?? "", files.bodies[path]?.bytes ?? [])
        }
        for verb in answers.keys.sorted() {
            writer.append(try Self.memberName(ofVerb: verb), Array((answers[verb] ?? "").utf8))
        }
        return writer.finished()
    }

    private static func append(
        _ value: some Encodable, as name: String, to writer: inout TarWriter
    ) throws(RecordingError) {
        do {
            writer.append(name, Array((try JSONText.encode(value) + "\n").utf8))
        } catch {
            throw RecordingError(.badDocument(member: name, problem: error.problem))
        }
    }

    /// `metadata` is `planes/metadata.json`.
    static func memberName(ofPlane plane: String) throws(RecordingError) -> String {
        guard !plane.isEmpty, plane.allSatisfy({ $0.isASCII && ($0.isLetter || $0 == "-") }) else {
            throw RecordingError(.missingMember("planes/\(plane).json"))
        }
        return "planes/\(plane).json"
    }

    /// `platform facts` is `answers/platform-facts.json`.
    static func memberName(ofVerb verb: String) throws(RecordingError) -> String {
        let name = verb.map { $0 == " " ? "-" : $0 }
        guard let first = name.first, first.isLetter,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
        else { throw RecordingError(.badVerb(verb)) }
        return "answers/\(String(name)).json"
    }

    /// `files/<path>`, so that the archive unpacks to a tree; `other/<n>` where a path is not plain or another lies below it.
    private static func memberNames(of paths: some Collection<String>) -> [String: String] {
        var parents: Set<String> = []
        for path in paths {
            var parent = path[...]
            while let slash = parent.lastIndex(of: "/") {
                parent = parent[..<slash]
                if !parents.insert(String(parent)).inserted { break }
            }
        }
        var names: [String: String] = [:]
        var others = 0
        for path in paths.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            let components = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
            let isPlain =
                path.hasPrefix("/") && !parents.contains(path)
                && components.allSatisfy { !["", ".", ".."].contains($0) }
            if !isPlain { others += 1 }
            names[path] = isPlain ? "files\(path)" : "other/\(others)"
        }
        return names
    }

    /// Writes the archive under a temporary name, flushes it and renames it: `path` is whole or as it was.
    public func write(to path: FilePath) throws(RecordingError) {
        let bytes = try archive()
        do {
            try writeWhole(bytes, to: path)
        } catch {
            throw RecordingError(.system(error))
        }
    }
}

// MARK: - Reading

extension Recording {
    /// Reads an archive of which nothing is believed.
    public init(archive: [UInt8]) throws(RecordingError) {
        let members = try TarReader.members(of: archive)
        guard let first = members.first, first.name == "manifest.json" else {
            throw RecordingError(.missingMember("manifest.json"))
        }
        manifest = try Self.decoded(RecordingManifest.self, first)
        guard manifest.version == RecordingManifest.currentVersion else {
            throw RecordingError(.unknownVersion(manifest.version), offset: first.offset)
        }
        let byName = Dictionary(members.map { ($0.name, $0) }) { first, _ in first }
        guard let indexMember = byName["files.json"] else { throw RecordingError(.missingMember("files.json")) }
        files = try Self.plane(try Self.decoded(FileIndex.self, indexMember), byName, at: indexMember.offset)
        if let member = byName[Self.netlinkMember] {
            do throws(NetlinkError) {
                netlink = try NetlinkCapture(pcap: member.bytes)
            } catch {
                throw RecordingError(.badCapture(error), offset: member.offset)
            }
        } else if manifest.planes.contains("netlink") {
            throw RecordingError(.missingMember(Self.netlinkMember))
        }
        documents = [:]
        for plane in manifest.planes where plane != "files" && plane != "netlink" {
            let name = try Self.memberName(ofPlane: plane)
            guard let member = byName[name] else { throw RecordingError(.missingMember(name)) }
            documents[plane] = member.bytes
        }
        answers = [:]
        for verb in manifest.answered {
            let name = try Self.memberName(ofVerb: verb)
            guard let member = byName[name] else { throw RecordingError(.missingMember(name)) }
            guard let text = String(validating: member.bytes, as: UTF8.self) else {
                throw RecordingError(.badDocument(member: member.name, problem: "not UTF-8"), offset: member.offset)
            }
            answers[verb] = text
        }
        modificationTime = first.modificationTime
    }

    /// Reads an archive from a file of this machine.
    public init(reading path: FilePath) throws(RecordingError) {
        let limit = TarReader.Limits().archive
        let bytes: [UInt8]
        do {
            bytes = try LiveFiles().contents(of: path, limit: limit + 1)
        } catch {
            throw RecordingError(.system(error))
        }
        try self.init(archive: bytes)
    }

    private static func plane(
        _ index: FileIndex, _ members: [String: TarMember], at offset: Int
    ) throws(RecordingError) -> FilePlane {
        var plane = FilePlane()
        for body in index.bodies {
            guard let member = members[body.member] else {
                throw RecordingError(.missingMember(body.member), offset: offset)
            }
            plane.bodies[body.path] = FilePlane.Body(bytes: member.bytes, isTruncated: body.truncated)
        }
        plane.directories = index.directories
        plane.links = index.links
        for failure in index.failures {
            guard (1...4095).contains(failure.errno) else {
                throw RecordingError(
                    .badDocument(member: "files.json", problem: "errno \(failure.errno)"), offset: offset)
            }
            plane.failures[FilePlane.Place(failure.reading, failure.path)] = OSError(
                operation: failure.operation, errno: Errno(rawValue: failure.errno), subject: failure.path)
        }
        return plane
    }

    private static func decoded<Value: Decodable>(
        _ type: Value.Type, _ member: TarMember
    ) throws(RecordingError) -> Value {
        do {
            return try JSONText.decode(type, from: member.bytes)
        } catch {
            throw RecordingError(
                .badDocument(member: member.name, problem: error.problem), offset: member.offset)
        }
    }
}
