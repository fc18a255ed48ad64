internal import Documents
internal import Fetch
internal import Kernel
internal import Platform
internal import Trust

/// A machine's configuration where its owner put it, the first of: inline on the command line, at a URL, in a fw_cfg item, on a volume labelled
/// `slipway`. Documentation/Platforms.md has the forms.
///
/// It is the snapshot's user data; the machine's identity is its firmware's.
struct MetalMetadata: MetadataSource {
    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        let orders = MetalOrders(context.host)
        let machine = MetalMachine(context.host, orders, links: context.links)
        var seed = Seed(SeedDocument(of: .metal, at: "the kernel's command line"))
        if let text = orders["config-inline"] {
            let place = "slipway.config-inline"
            let data = try UserData(Array(text.utf8), of: .metal, at: place, encoding: "base64")
            try check(data.raw, data.decoded, orders, at: place)
            return try snapshot(seed, data, machine, context.host)
        }
        if let template = orders["config"] {
            let address = try MetalOrders.fill(template, machine)
            let (bytes, url) = try await fetch(address, orders, in: context)
            try check(bytes, bytes, orders, at: url)
            return try snapshot(seed, try UserData(bytes, of: .metal, at: url), machine, context.host)
        }
        let item = FirmwareItem("config")
        if let bytes = try item.contents(in: context.host, of: .metal, limit: UserData.limit) {
            return try snapshot(seed, try UserData(bytes, of: .metal, at: item.path), machine, context.host)
        }
        for volume in try await context.settledVolumes(labeled: ["slipway"]) {
            guard let part = try file("config", on: volume, limit: UserData.limit) else { continue }
            if let metadata = try file("metadata", on: volume, limit: SeedDocument.limit) {
                seed.metadata = try SeedDocument(metadata.bytes, of: .metal, at: metadata.place)
            }
            seed.network = try file("network", on: volume, limit: SeedDocument.limit)
            return try snapshot(seed, try UserData(part.bytes, of: .metal, at: part.place), machine, context.host)
        }
        throw PlatformError(
            .noMetadata, platform: .metal,
            hint:
                "say slipway.config=URL on the kernel's command line, or attach a volume labelled slipway with a file config.yaml"
        )
    }

    private func snapshot(
        _ seed: Seed, _ data: UserData, _ machine: MetalMachine, _ host: HostRoot
    ) throws(PlatformError) -> MetadataSnapshot {
        let identity = machine.uuid ?? machine.serial ?? machine.mac?.description
        var snapshot = try seed.snapshot(instanceID: identity)
        snapshot.userData = data
        snapshot.hostName = snapshot.hostName ?? machine.hostName
        snapshot.instanceType = snapshot.instanceType ?? host.firmwareText("product_name")
        snapshot.raw["machine"] = [
            "uuid": JSONValue(machine.uuid), "serial": JSONValue(machine.serial),
            "mac": JSONValue(machine.mac?.description),
        ]
        return snapshot
    }

    // MARK: - Sources

    private func fetch(
        _ address: String, _ orders: MetalOrders, in context: MetadataContext
    ) async throws(PlatformError) -> (bytes: [UInt8], url: String) {
        guard let url = ServiceURL(address) else {
            throw PlatformError(
                .unusable("slipway.config is no URL"), platform: .metal, url: address,
                hint: "give https://ADDRESS/PATH, or http://ADDRESS/PATH with slipway.config-digest=sha256:…")
        }
        // Anybody on the way could answer otherwise.
        guard url.scheme == .https || orders["config-digest"] != nil else {
            throw PlatformError(
                .unusable("slipway.config is an http URL without a digest"), platform: .metal, url: url.description,
                hint: "add slipway.config-digest=sha256:…, or give an https URL")
        }
        let endpoint = try url.endpoint(on: context.host, for: .metal)
        let policy = FetchPolicy(
            endpoints: [endpoint],
            statuses: [
                404: .terminal("the server has no such document"), 403: .terminal("the server refuses this machine"),
            ], hint: "check the link and the route to the server, or try again with a longer deadline")
        let session = MetadataSession(.metal, policy: policy, in: context)
        guard let response = try await session.fetch(url.path), !response.body.isEmpty else {
            throw PlatformError(
                .nonsense("the document is empty"), platform: .metal, url: url.description,
                hint: "check what the server gives at this address")
        }
        return (response.body, url.description)
    }

    /// The digest is that of the bytes as they came, or unpacked.
    private func check(
        _ raw: [UInt8], _ decoded: [UInt8], _ orders: MetalOrders, at place: String
    ) throws(PlatformError) {
        guard let text = orders["config-digest"] else { return }
        guard let digest = ContentDigest(text) else {
            throw PlatformError(
                .unusable("slipway.config-digest=\(text.prefix(80)) is no digest"), platform: .metal, url: place,
                hint: "give sha256: and 64 hexadecimal digits")
        }
        guard digest.matches(raw) || digest.matches(decoded) else {
            let found = ContentDigest(of: raw).map(\.description) ?? "another"
            throw PlatformError(
                .nonsense("the document's digest is \(found), not \(digest)"), platform: .metal,
                url: place, hint: "the document was changed, or slipway.config-digest is another's")
        }
    }

    /// `config.yaml`, `config.yml`, `config.json` or `config` at the volume's top.
    private func file(
        _ name: String, on volume: any ConfigurationVolume, limit: Int
    ) throws(PlatformError) -> Seed.Part? {
        for path in ["\(name).yaml", "\(name).yml", "\(name).json", name] {
            if let bytes = try volume.contents(of: path, limit: limit) {
                return Seed.Part(bytes, at: "\(volume.name):\(path)")
            }
        }
        return nil
    }
}
