internal import Documents
internal import Kernel
internal import SystemPackage

/// The values of one simulated instance, new in each run: what a test or a person sees can only have come from there.
package struct SampleInstance: Sendable {
    package let id: String
    package let hostname: String
    package let tag: String
    package let uuid: String
    package private(set) var macs: [String]

    /// With network cards of these addresses.
    package init(macs: [String]) {
        self.init(nics: macs.count)
        if !macs.isEmpty { self.macs = macs }
    }

    package init(nics: Int) {
        let digits = Array("0123456789abcdef")
        func hex(_ count: Int) -> String { String((0..<count).map { _ in digits[Int.random(in: 0..<16)] }) }
        id = "i-\(hex(17))"
        hostname = "node-\(hex(6))"
        tag = "tag-\(hex(8))"
        // Nitro's product_uuid begins with ec2.
        uuid = "ec2\(hex(5))-\(hex(4))-4\(hex(3))-8\(hex(3))-\(hex(12))"
        macs = (0..<max(1, nics)).map { _ in "52:54:00:\(hex(2)):\(hex(2)):\(hex(2))" }
    }

    /// The tree of the instance metadata service (AWS EC2 user guide, instance metadata categories), as files.
    ///
    /// Addresses are those that QEMU's user network gives out.
    var awsTree: [(path: String, text: String)] {
        var files = [
            ("instance-id", id), ("instance-type", "t3.small"), ("instance-life-cycle", "on-demand"),
            ("ami-id", "ami-0123456789abcdef0"), ("hostname", hostname), ("local-hostname", hostname),
            ("local-ipv4", "10.0.2.15"), ("public-ipv4", "203.0.113.25"), ("mac", macs[0]),
            ("placement/region", "eu-central-1"), ("placement/availability-zone", "eu-central-1b"),
            ("placement/availability-zone-id", "euc1-az3"), ("tags/instance/Name", tag),
            // The service lists a key as INDEX=NAME, and serves it below its index.
            ("public-keys/.listing", "0=sample"),
            (
                "public-keys/0/openssh-key",
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDlmaXJzdCBsaWdodCBzYW1wbGUga2V5ISE sample\n"
            ),
        ]
        for (index, mac) in macs.enumerated() {
            let base = "network/interfaces/macs/\(mac)"
            files += [
                ("\(base)/device-number", "\(index)"), ("\(base)/network-card", "0"), ("\(base)/mac", mac),
                ("\(base)/local-ipv4s", "10.0.2.15"), ("\(base)/subnet-ipv4-cidr-block", "10.0.2.0/24"),
                ("\(base)/vpc-ipv4-cidr-block", "10.0.0.0/16"),
                ("\(base)/interface-id", "eni-0123456789abcdef\(index)"),
            ]
        }
        return files.map { ("latest/meta-data/\($0.0)", $0.1) }
    }

    /// The metadata server's answer for the whole tree (Compute Engine, "Predefined VM metadata keys"); the first interface has what QEMU's
    /// user network gives out.
    var gcpExchange: JSONValue {
        let interfaces = macs.map { mac -> JSONValue in
            [
                "mac": .string(mac), "ip": "10.0.2.15", "gateway": "10.0.2.2", "subnetmask": "255.255.255.0",
                "mtu": 1460, "network": "projects/1/networks/default", "dnsServers": ["10.0.2.3"], "ipAliases": [],
                "forwardedIps": [], "targetInstanceIps": [], "accessConfigs": [],
            ]
        }
        return [
            "url": "http://169.254.169.254/computeMetadata/v1/?recursive=true&alt=json",
            "headers": ["Metadata-Flavor": "Google"], "status": 200,
            "fields": ["Metadata-Flavor": "Google", "ETag": "0123456789abcdef", "Content-Type": "application/json"],
            "json": [
                "instance": [
                    "id": .string(id), "name": .string(hostname), "hostname": .string(hostname),
                    "machineType": "projects/1/machineTypes/e2-small", "zone": "projects/1/zones/europe-west4-a",
                    "tags": [.string(tag)], "attributes": [:], "networkInterfaces": .array(interfaces),
                    "scheduling": ["preemptible": "FALSE"], "maintenanceEvent": "NONE", "preempted": "FALSE",
                ],
                "project": ["projectId": "sample", "numericProjectId": 1, "attributes": [:]],
            ],
        ]
    }
}
