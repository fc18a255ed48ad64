internal import Documents
internal import Network

/// OpenStack's form of a drive, as KubeVirt and Proxmox VE write it: `openstack/latest/meta_data.json`, `user_data`, and the network in
/// `openstack/content/…` as ifupdown has it (Nova's "Metadata service", cloud-init's documentation of ConfigDrive).
struct ConfigDriveSeed {
    let volume: any ConfigurationVolume
    let platform: PlatformName

    init(_ volume: any ConfigurationVolume, of platform: PlatformName) {
        self.volume = volume
        self.platform = platform
    }

    /// Nil where the volume is no such drive.
    func snapshot() throws(PlatformError) -> MetadataSnapshot? {
        let top = "openstack/latest"
        guard let bytes = try volume.contents(of: "\(top)/meta_data.json", limit: SeedDocument.limit) else {
            return nil
        }
        let document = try SeedDocument(bytes, of: platform, at: "\(volume.name):\(top)/meta_data.json")
        var seed = Seed(document)
        for (name, key) in [("user_data", \Seed.userData), ("vendor_data.json", \Seed.vendorData)] {
            if let bytes = try volume.contents(of: "\(top)/\(name)", limit: UserData.limit) {
                seed[keyPath: key] = Seed.Part(bytes, at: "\(volume.name):\(top)/\(name)")
            }
        }
        var snapshot = try seed.snapshot(instanceID: try document.line("uuid"))
        snapshot.hostName = try document.line("hostname", "local_hostname", "name") ?? snapshot.hostName
        if let network = try interfaces(named: document) { snapshot.adopt(network) }
        if try volume.contents(of: "\(top)/network_data.json", limit: SeedDocument.limit) != nil,
            snapshot.writtenNetwork == nil
        {
            snapshot.warnings.append("\(top)/network_data.json: not supported on this platform, left out")
        }
        return snapshot
    }

    /// The file that `network_config` names.
    private func interfaces(named document: SeedDocument) throws(PlatformError) -> NetworkDocument? {
        guard let named = document.members["network_config"], named != .null else { return nil }
        guard let path = named["content_path"]?.string else {
            throw document.nonsense("network_config has no content_path")
        }
        let parts = path.split(separator: "/")
        guard !parts.isEmpty, parts.count <= 8, !parts.contains("..") else {
            throw document.nonsense("network_config.content_path leads out of the drive")
        }
        let file = "openstack/" + parts.joined(separator: "/")
        guard let bytes = try volume.contents(of: file, limit: SeedDocument.limit) else {
            throw document.nonsense("the drive has no \(file)")
        }
        do throws(NetworkDocumentError) {
            return try NetworkDocument(interfaces: bytes)
        } catch {
            throw PlatformError(
                .nonsense(error.description), platform: platform, url: "\(volume.name):\(file)",
                hint: "correct the network configuration at its source")
        }
    }
}
