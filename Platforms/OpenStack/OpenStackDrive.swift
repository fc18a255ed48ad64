internal import Documents
internal import Platform

/// A config drive: the folders of the service, one a version.
struct OpenStackDrive {
    static let fileLimit = 4 << 20

    private let volume: any ConfigurationVolume
    private let folder: String

    /// Nil for a volume of that label without Nova's folders.
    init?(_ volume: any ConfigurationVolume) throws(PlatformError) {
        let versions = try volume.entries(of: "openstack") ?? []
        // "Always select the highest API version by date."
        let dated = versions.filter { $0.utf8.count == 10 && $0.utf8.allSatisfy { "0123456789-".utf8.contains($0) } }
        guard let version = versions.contains("latest") ? "latest" : dated.max() else { return nil }
        self.volume = volume
        folder = "openstack/\(version)"
    }

    func snapshot() throws(PlatformError) -> MetadataSnapshot {
        guard let document = try json(OpenStackMetadata.metaData) else {
            throw PlatformError(
                .nonsense("there is no \(OpenStackMetadata.metaData)"), platform: .openstack,
                url: place(OpenStackMetadata.metaData), hint: "the config drive is damaged: attach it anew")
        }
        let metaData = place(OpenStackMetadata.metaData)
        var snapshot = try OpenStackAnswer.read(document, at: metaData) { (document) throws(MetadataFault) in
            try OpenStackServer(document).snapshot
        }
        for name in [OpenStackMetadata.networkData] + OpenStackMetadata.vendorData {
            guard let document = try json(name) else { continue }
            try OpenStackAnswer.document(document, name: name, place: place(name)).add(to: &snapshot)
        }
        let bytes = try volume.contents(of: "\(folder)/\(OpenStackMetadata.userData)", limit: Self.fileLimit)
        if let bytes, !bytes.isEmpty {
            snapshot.userData = try UserData(bytes, of: .openstack, at: place(OpenStackMetadata.userData))
        }
        return snapshot
    }

    private func place(_ name: String) -> String { "\(volume.name):\(folder)/\(name)" }

    private func json(_ name: String) throws(PlatformError) -> JSONValue? {
        guard let bytes = try volume.contents(of: "\(folder)/\(name)", limit: Self.fileLimit) else { return nil }
        do throws(DocumentError) {
            return try JSONText.decode(JSONValue.self, from: bytes)
        } catch {
            throw PlatformError(
                .nonsense(error.problem), platform: .openstack, url: place(name),
                hint: "the config drive is damaged: attach it anew")
        }
    }
}
