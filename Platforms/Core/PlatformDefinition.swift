/// A platform as detection knows it.
public struct PlatformDefinition: Hashable, Sendable {
    public let name: PlatformName
    public let marks: [PlatformMark]
    public let dataSource: DataSource
    /// The hypervisors that it runs on; another one is a conflict. Nil for any.
    public let virtualizations: Set<String>?

    public init(
        _ name: PlatformName, marks: [PlatformMark], dataSource: DataSource, virtualizations: Set<String>? = nil
    ) {
        self.name = name
        self.marks = marks
        self.dataSource = dataSource
        self.virtualizations = virtualizations
    }
}
