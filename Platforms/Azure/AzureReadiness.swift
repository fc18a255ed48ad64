internal import Documents
internal import Fetch
internal import Kernel
internal import Platform

extension AzureMetadata {
    /// Azure takes a machine for failed that does not report to the fabric's controller within some twenty minutes of its first start.
    func reportReady(in context: MetadataContext) async throws(PlatformError) -> Bool {
        try await AzureFabric(context).reportReady()
        return true
    }
}

/// The fabric's controller, at an address of its own: what Azure's documents call the wire server ("What is IP address 168.63.129.16?"), by the
/// protocol of version 2012-11-30 that its agent for Linux speaks.
struct AzureFabric {
    private static let goalState = "/machine/?comp=goalstate"
    private static let health = "/machine?comp=health"

    /// Which turn of this machine's life the controller means; the report has to name it.
    struct GoalState: Hashable {
        let incarnation: String
        let container: String
        let instance: String
    }

    private let session: MetadataSession

    init(_ context: MetadataContext) { session = MetadataSession(.azure, policy: .azureFabric, in: context) }

    func reportReady() async throws(PlatformError) {
        let state = try await goalState()
        let type = HTTPHeader("Content-Type", "text/xml; charset=utf-8")
        let body = Array(Self.report(state).utf8)
        guard try await session.fetch(Self.health, method: .post, headers: [type], body: body) != nil
        else {
            throw PlatformError(
                .refused, platform: .azure, url: await session.url(of: Self.health), status: 404,
                hint: "the fabric's controller does not take the report: its first start may be long over")
        }
    }

    private func goalState() async throws(PlatformError) -> GoalState {
        let body = try await session.require(Self.goalState).body
        let document: XMLElement
        do throws(DocumentError) { document = try XMLText.decode(body) } catch {
            throw await session.nonsense(error.problem, at: Self.goalState)
        }
        let container = document.child("Container")
        let instance = container?.child("RoleInstanceList")?.child("RoleInstance")?.child("InstanceId")
        guard document.localName == "GoalState", let incarnation = Self.word(document.child("Incarnation")),
            let name = Self.word(container?.child("ContainerId")), let role = Self.word(instance)
        else {
            throw await session.nonsense(
                "no GoalState with an Incarnation, a ContainerId and an InstanceId", at: Self.goalState)
        }
        return GoalState(incarnation: incarnation, container: name, instance: role)
    }

    /// What goes into the report: it is text of XML there, so that nothing but words is taken.
    private static func word(_ element: XMLElement?) -> String? {
        guard let text = element?.text, (1...256).contains(text.utf8.count),
            text.utf8.allSatisfy({ byte in
                byte == 0x2d || byte == 0x2e || byte == 0x5f || 0x30...0x39 ~= byte || 0x61...0x7a ~= byte | 0x20
            })
        else { return nil }
        return text
    }

    static func report(_ state: GoalState) -> String {
        """
        <?xml version="1.0" encoding="utf-8"?>
        <Health xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">\
        <GoalStateIncarnation>\(state.incarnation)</GoalStateIncarnation>\
        <Container><ContainerId>\(state.container)</ContainerId>\
        <RoleInstanceList><Role><InstanceId>\(state.instance)</InstanceId><Health><State>Ready</State></Health></Role>\
        </RoleInstanceList></Container></Health>
        """
    }
}

extension FetchPolicy {
    static let azureFabric = FetchPolicy(
        endpoints: [HTTPEndpoint(address: "168.63.129.16")],
        headers: [HTTPHeader("x-ms-agent-name", "slipway"), HTTPHeader("x-ms-version", "2012-11-30")],
        statuses: [404: .absent, 410: .transient],
        hint:
            "the fabric's controller answers the primary interface alone: check its lease, and what stands before 168.63.129.16"
    )
}
