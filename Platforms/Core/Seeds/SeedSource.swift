internal import Documents
internal import Fetch
internal import Kernel
internal import SystemPackage

/// A seed that the machine's owner brought: a volume with the label `cidata` (any case), or what the kernel's command line or the SMBIOS
/// serial number says, themselves or by the URL that they name (cloud-init's documentation of NoCloud). Other platforms use the form.
public struct SeedSource: MetadataSource {
    let platform: PlatformName
    /// Take OpenStack's form of a drive too.
    let takesConfigDrive: Bool

    public init(_ platform: PlatformName, takesConfigDrive: Bool = false) {
        self.platform = platform
        self.takesConfigDrive = takesConfigDrive
    }

    private static let files = ["meta-data", "user-data", "vendor-data", "network-config"]

    public func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        let line = SeedLine(context.host)
        if let seedFrom = line.values["seedfrom"] {
            return try await seed(from: seedFrom, line, in: context).snapshot()
        }
        let labels = takesConfigDrive ? ["cidata", "config-2"] : ["cidata"]
        // What only the line says needs no drive.
        let needsDrive = line.values["instance-id"] == nil
        for volume in try await context.settledVolumes(labeled: labels, wait: needsDrive) {
            if volume.label.lowercased() == "config-2" {
                if let snapshot = try ConfigDriveSeed(volume, of: platform).snapshot() { return snapshot }
                continue
            }
            guard var seed = try self.seed(on: volume) else { continue }
            seed.put(line.values)
            if let seedFrom = try seed.metadata.line("seedfrom") {
                seed = try await self.seed(from: seedFrom, line, below: seed, in: context)
            }
            return try seed.snapshot()
        }
        guard !needsDrive else {
            throw PlatformError(
                .noMetadata, platform: platform,
                hint:
                    "attach a volume labelled \(labels.joined(separator: " or ")), or say ds=nocloud;s=http://… on the "
                    + "kernel's command line")
        }
        return try Seed(
            SeedDocument(
                members: line.values.mapValues { .string($0) }, of: platform, at: "the kernel's command line")
        ).snapshot()
    }

    // MARK: - On a volume

    /// Nil where the volume has neither metadata nor user data.
    private func seed(on volume: any ConfigurationVolume) throws(PlatformError) -> Seed? {
        var parts: [String: Seed.Part] = [:]
        for name in Self.files {
            let limit = name.hasSuffix("-data") && name != "meta-data" ? UserData.limit : SeedDocument.limit
            guard let bytes = try volume.contents(of: name, limit: limit) else { continue }
            parts[name] = Seed.Part(bytes, at: "\(volume.name):\(name)")
        }
        return try seed(of: parts, at: "\(volume.name):meta-data")
    }

    private func seed(of parts: [String: Seed.Part], at place: String) throws(PlatformError) -> Seed? {
        guard parts["meta-data"] != nil || parts["user-data"] != nil else { return nil }
        let bytes = parts["meta-data"]?.bytes ?? []
        var seed = Seed(try SeedDocument(bytes, of: platform, at: parts["meta-data"]?.place ?? place))
        seed.userData = parts["user-data"]
        seed.vendorData = parts["vendor-data"]
        seed.network = parts["network-config"]
        return seed
    }

    // MARK: - Somewhere else

    /// The documents below a URL or a directory. What is said on the line, and then on the volume, goes before them.
    private func seed(
        from address: String, _ line: SeedLine, below volume: Seed? = nil, in context: MetadataContext
    ) async throws(PlatformError) -> Seed {
        var found =
            address.hasPrefix("/") || address.lowercased().hasPrefix("file://")
            ? try seed(in: address, host: context.host) : try await seed(at: address, in: context)
        if let volume {
            found.metadata = SeedDocument(
                members: found.metadata.members.merging(volume.metadata.members) { _, said in said }, of: platform,
                at: found.metadata.place)
            found.network = found.network ?? volume.network
        }
        found.put(line.values)
        return found
    }

    private func seed(in address: String, host: HostRoot) throws(PlatformError) -> Seed {
        let text = address.hasPrefix("/") ? address : String(address.dropFirst("file://".count))
        let directory = FilePath(text)
        guard directory.isAbsolute, text.utf8.count <= 4096 else {
            throw PlatformError(
                .unusable("seedfrom=\(address) is no directory"), platform: platform,
                hint: "give an absolute path, or a URL")
        }
        var parts: [String: Seed.Part] = [:]
        for name in Self.files {
            let path = directory.appending(name)
            guard let bytes = try? host.contents(of: path, limit: UserData.limit + 1) else { continue }
            parts[name] = Seed.Part(bytes, at: path.string)
        }
        guard let seed = try seed(of: parts, at: directory.string) else {
            throw PlatformError(
                .noMetadata, platform: platform, url: directory.string,
                hint: "the directory has neither meta-data nor user-data")
        }
        return seed
    }

    private func seed(at address: String, in context: MetadataContext) async throws(PlatformError) -> Seed {
        guard let url = ServiceURL(address) else {
            throw PlatformError(
                .unusable("seedfrom=\(address) is no URL"), platform: platform,
                hint: "give http://HOST[:PORT]/PATH/ or https://HOST/PATH/, or a directory")
        }
        let endpoint = try url.endpoint(on: context.host, for: platform)
        let session = MetadataSession(platform, policy: FetchPolicy(endpoints: [endpoint]), in: context)
        let parts = try await concurrently(Self.files, width: 4) {
            (name: String) async throws(PlatformError) -> Seed.Part? in
            let path = Self.path(url.path, of: name)
            let response = name == "meta-data" ? try await session.require(path) : try await session.fetch(path)
            guard let response else { return nil }
            return Seed.Part(response.body, at: await session.url(of: path) ?? path)
        }
        let named = Dictionary(zip(Self.files, parts).compactMap { pair in pair.1.map { (pair.0, $0) } }) { $1 }
        guard let seed = try seed(of: named, at: url.description) else {
            throw PlatformError(.noMetadata, platform: platform, url: url.description)
        }
        return seed
    }

    /// `%s` in the path or the query stands for the file's name; else it is put at the end.
    private static func path(_ path: String, of name: String) -> String {
        if path.contains("%s") { return path.replacing("%s", with: name) }
        return path.hasSuffix("/") || path.contains("?") ? path + name : "\(path)/\(name)"
    }
}

extension MetadataContext {
    /// The volumes; with `wait` and none, those that come while the machine's devices still settle.
    public func settledVolumes(
        labeled labels: [String], wait: Bool = true
    ) async throws(PlatformError) -> [any ConfigurationVolume] {
        let limit = Deadline(in: wait ? settling : .zero).earlier(deadline)
        while true {
            let found = try volumes.volumes(labeled: labels)
            if !found.isEmpty || limit.hasPassed { return found }
            do { try await Task.sleep(for: min(.milliseconds(100), limit.remaining)) } catch { return [] }
        }
    }
}
