/// A platform: how it is told, and where it tells. Each platform's folder defines its own.
public struct PlatformDefinition: Sendable {
    public let name: PlatformName
    public let marks: [PlatformMark]
    public let dataSource: DataSource
    /// The hypervisors that it runs on; another one is a conflict. Nil for any.
    public let virtualizations: Set<String>?
    /// Nil where this build knows the platform by sight alone. Its snapshots are looked over (``MetadataSnapshot/isHostName(_:)``) and
    /// held against what the node believes (``PlatformTrust``).
    public let source: (any MetadataSource)?

    public init(
        _ name: PlatformName, marks: [PlatformMark], dataSource: DataSource, virtualizations: Set<String>? = nil,
        source: (any MetadataSource)? = nil, identity: (any IdentityVerifier)? = nil
    ) {
        self.name = name
        self.marks = marks
        self.dataSource = dataSource
        self.virtualizations = virtualizations
        self.source = source.map { TrustingSource(source: SoundSource(source: $0), verifier: identity) }
    }
}
