internal import Documents
internal import Platform

/// What `ovf-env.xml` of the provisioning disc says, a UDF volume that the platform puts in for the first boot: "Azure Linux VM
/// provisioning"; the elements are those of cloud-init's documentation of Azure, `LinuxProvisioningConfigurationSet` in
/// `http://schemas.microsoft.com/windowsazure`. The user's password is in it too, and is not read.
struct AzureDisc: Sendable {
    static let file = "ovf-env.xml"
    private static let limit = 1 << 20
    private static let keyLimit = 256

    let hostName: String?
    let sshKeys: [String]
    /// In base64, without blanks; with the place that errors name.
    let userData: (text: String, place: String)?

    /// Nil where no disc is in the machine: it is taken out after provisioning.
    static func find(in context: MetadataContext) throws(PlatformError) -> AzureDisc? {
        for volume in try context.volumes.volumes(labeled: [Azure.volumeLabel]) {
            guard let bytes = try volume.contents(of: file, limit: limit) else { continue }
            return try AzureDisc(bytes, at: "\(volume.name):\(file)")
        }
        return nil
    }

    init(_ bytes: [UInt8], at place: String) throws(PlatformError) {
        let root: XMLElement
        do throws(DocumentError) { root = try XMLText.decode(bytes) } catch {
            throw Self.nonsense(error.problem, at: place)
        }
        guard root.localName == "Environment",
            let section = root.child("ProvisioningSection"),
            let settings = section.child("LinuxProvisioningConfigurationSet")
        else { throw Self.nonsense("this is no environment for provisioning Linux", at: place) }
        func text(_ name: String) -> String? {
            let text = settings.child(name)?.text.split(whereSeparator: \.isWhitespace).joined() ?? ""
            return text.isEmpty ? nil : text
        }
        hostName = text("HostName")
        // A virtual machine's custom data; the older name is the classic model's.
        userData = (text("CustomData") ?? text("UserData")).map { ($0, place) }
        // A key without its value stands for a certificate that the fabric has.
        let keys = settings.child("SSH")?.child("PublicKeys")?.children("PublicKey") ?? []
        guard keys.count <= Self.keyLimit else { throw Self.nonsense("more than \(Self.keyLimit) keys", at: place) }
        sshKeys = keys.compactMap { key in
            let lines = (key.child("Value")?.text ?? "").split(whereSeparator: \.isNewline)
                .map { $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ") }
                .filter { !$0.isEmpty }
            return lines.count == 1 ? lines[0] : nil
        }
    }

    private static func nonsense(_ problem: String, at place: String) -> PlatformError {
        PlatformError(
            .nonsense(problem), platform: .azure, url: place,
            hint: "take the disc out, or provision the machine anew")
    }
}

extension AzureInstance {
    /// What the service leaves out is the disc's; what it says goes before it.
    mutating func complete(in context: MetadataContext) throws(PlatformError) {
        guard userData == nil || snapshot.sshKeys.isEmpty || !hasComputerName,
            let disc = try AzureDisc.find(in: context)
        else { return }
        if !hasComputerName, let name = disc.hostName { snapshot.hostName = name }
        if snapshot.sshKeys.isEmpty { snapshot.sshKeys = disc.sshKeys }
        if userData == nil, let (text, place) = disc.userData {
            snapshot.userData = try UserData(Array(text.utf8), of: .azure, at: place, encoding: "base64")
        }
    }
}
