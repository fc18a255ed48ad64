import Kernel
import Platform
import Testing

/// What the statuses of a platform's service mean, as its documents and RFC 9110 have it: the judge of the policies' tables.
struct StatusTable: CustomTestStringConvertible, Sendable {
    enum Meaning: Sendable {
        case answer
        /// Not there yet, for a thing that every machine has; asked for again.
        case absent
        /// Asked for again.
        case transient
        /// The end.
        case final
        /// A new token, and again.
        case expired
        /// The next older form of the question.
        case older
    }

    let fixture: String
    /// What every machine has.
    let line: String
    /// Where the meanings are from.
    let source: String
    let special: [Int: Meaning]

    var testDescription: String { "\(fixture) \(line)" }

    /// RFC 9110, section 15: 429 and the server's errors pass; a redirect is no answer, nor is any other success without content of its
    /// own or of a part. What is 404 is not there.
    func meaning(of status: Int) -> Meaning {
        if let special = special[status] { return special }
        return switch status {
        case 200: .answer
        case 404: .absent
        case 429, 500...599: .transient
        default: .final
        }
    }

    /// Those that the tables or RFC 9110 name, and their neighbours.
    static let sample =
        [200, 201, 202, 204, 205, 206, 226, 300, 301, 302, 303, 304, 305, 307, 308, 399] + Array(400...418)
        + [421, 422, 425, 426, 428, 429, 430, 431, 451, 499, 500, 501, 502, 503, 504, 505, 511, 599, 600, 999]

    private static let ec2 = "EC2 User Guide, 'Use the Instance Metadata Service', HTTP response codes"
    private static let ecs = "Alibaba Cloud ECS, 'Access instance metadata', security hardening mode"
    private static let linode = "Akamai, 'Use the Metadata service API'"

    static let all = [
        StatusTable(
            fixture: "aws/two-nics", line: "PUT /latest/api/token", source: ec2,
            // Of a token 404 is none of its service's.
            special: [404: .final]),
        StatusTable(
            fixture: "aws/two-nics", line: "GET /latest/meta-data/instance-type", source: ec2,
            special: [401: .expired]),
        StatusTable(
            fixture: "gcp/single-nic", line: "GET /computeMetadata/v1/?recursive=true&alt=json",
            source: "Compute Engine, 'Troubleshoot metadata server access': 429 and 503 pass", special: [:]),
        StatusTable(
            fixture: "azure/single-nic", line: "GET /metadata/instance?api-version=2021-12-13",
            source:
                "Azure, 'Instance Metadata Service', errors and debugging: 404, 410, 429 and 500 pass; 400 for a version",
            special: [400: .older, 404: .transient, 410: .transient]),
        StatusTable(
            fixture: "openstack/http-dhcp", line: "GET /openstack/latest/meta_data.json",
            source: "Nova, 'Metadata service'", special: [:]),
        StatusTable(
            fixture: "digitalocean/single-nic", line: "GET /metadata/v1.json", source: "DigitalOcean, 'Metadata API'",
            special: [:]),
        StatusTable(
            fixture: "hetzner/single-nic", line: "GET /hetzner/v1/metadata",
            source: "Hetzner Cloud API, 'Server Metadata'", special: [:]),
        StatusTable(
            fixture: "equinix/bond", line: "GET /metadata", source: "Equinix Metal, 'Metadata'", special: [:]),
        StatusTable(
            fixture: "oracle/single-nic-user-data", line: "GET /opc/v2/instance/",
            source: "OCI, 'Getting Instance Metadata'", special: [:]),
        StatusTable(
            fixture: "akamai/single-nic", line: "PUT /v1/token", source: linode, special: [404: .final]),
        StatusTable(
            fixture: "akamai/single-nic", line: "GET /v1/instance", source: linode, special: [401: .expired]),
        StatusTable(
            fixture: "vultr/single-nic", line: "GET /v1.json", source: "Vultr, 'Metadata API', response codes",
            special: [:]),
        StatusTable(
            fixture: "scaleway/routed-ipv4", line: "GET /conf?format=json",
            source: "scaleway-sdk-go, instance_metadata_sdk.go", special: [:]),
        StatusTable(
            fixture: "upcloud/single-nic", line: "GET /metadata/v1.json", source: "UpCloud, 'Metadata service'",
            special: [:]),
        StatusTable(
            fixture: "exoscale/single-nic", line: "GET /1.0/meta-data/instance-id", source: "Exoscale, 'Metadata'",
            special: [:]),
        StatusTable(
            fixture: "cloudstack/lease", line: "GET /latest/meta-data/instance-id",
            source: "CloudStack, 'User Data and Metadata'", special: [:]),
        StatusTable(
            fixture: "alibaba/two-nics", line: "PUT /latest/api/token", source: ecs, special: [404: .final]),
        StatusTable(
            fixture: "alibaba/two-nics", line: "GET /latest/meta-data/instance-id", source: ecs,
            special: [401: .expired]),
        StatusTable(
            fixture: "metal/url",
            line: "GET /c?u=11111111-2222-3333-4444-555555555555&s=ABC%201234&m=3c%3Aec%3Aef%3A00%3A00%3A02&h=rack1-3",
            source: "Documentation/Platforms.md, 'metal': a server of the owner's, whose document is there or not",
            special: [404: .final]),
        StatusTable(
            fixture: "nocloud/command-line", line: "GET /seed/meta-data",
            source: "cloud-init, 'NoCloud', and Documentation/Platforms.md", special: [:]),
    ]
}
