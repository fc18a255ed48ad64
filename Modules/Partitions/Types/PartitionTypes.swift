/// The names of partition types, both ways: those of the Discoverable Partitions Specification (uapi-group.org) as systemd spells them,
/// and those of other systems.
public enum PartitionTypes {
    /// The type of `text`: a name, or a GUID; nil for neither. `root`, `root-verity`, `root-verity-sig` and the three of `usr` are those
    /// of the machine's architecture.
    public static func type(_ text: String) -> GUID? {
        if let guid = GUID(text) { return guid.isZero ? nil : guid }
        let name = text.lowercased()
        return types[name] ?? (native(name) ?? aliases[name]).flatMap { types[$0] }
    }

    /// sfdisk's names of what has another one here.
    private static let aliases = ["linux": "linux-generic", "uefi": "esp", "raid": "linux-raid", "lvm": "linux-lvm"]

    /// The name of `type`; nil where it has none here.
    public static func name(_ type: GUID) -> String? { names[type] }

    /// All names, in the order of the alphabet.
    public static var allNames: [String] { types.keys.sorted() }

    private static let types = Dictionary(uniqueKeysWithValues: pairs)
    private static let names = Dictionary(uniqueKeysWithValues: pairs.map { ($0.1, $0.0) })

    private static let pairs: [(String, GUID)] = list.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        guard words.count == 2, let guid = GUID(words[0]) else { return nil }
        return (String(words[1]), guid)
    }

    /// `root-verity` is `root-x86-64-verity`.
    private static func native(_ name: String) -> String? {
        for tree in ["root", "usr"] where name == tree || name == "\(tree)-verity" || name == "\(tree)-verity-sig" {
            return tree + architecture + name.dropFirst(tree.count)
        }
        return nil
    }

    #if arch(x86_64)
        private static let architecture = "-x86-64"
    #elseif arch(arm64)
        private static let architecture = "-arm64"
    #elseif arch(riscv64)
        private static let architecture = "-riscv64"
    #else
        #error("which architecture's root partition is this?")
    #endif

    private static let list = """
        C12A7328-F81F-11D2-BA4B-00A0C93EC93B esp
        933AC7E1-2EB4-4F13-B844-0E14E2AEF915 home
        0FC63DAF-8483-4772-8E79-3D69D8477DE4 linux-generic
        6523F8AE-3EB1-4E2A-A05A-18B695AE656F root-alpha
        FC56D9E9-E6E5-4C06-BE32-E74407CE09A5 root-alpha-verity
        D46495B7-A053-414F-80F7-700C99921EF8 root-alpha-verity-sig
        D27F46ED-2919-4CB8-BD25-9531F3C16534 root-arc
        24B2D975-0F97-4521-AFA1-CD531E421B8D root-arc-verity
        143A70BA-CBD3-4F06-919F-6C05683A78BC root-arc-verity-sig
        69DAD710-2CE4-4E3C-B16C-21A1D49ABED3 root-arm
        7386CDF2-203C-47A9-A498-F2ECCE45A2D6 root-arm-verity
        42B0455F-EB11-491D-98D3-56145BA9D037 root-arm-verity-sig
        B921B045-1DF0-41C3-AF44-4C6F280D3FAE root-arm64
        DF3300CE-D69F-4C92-978C-9BFB0F38D820 root-arm64-verity
        6DB69DE6-29F4-4758-A7A5-962190F00CE3 root-arm64-verity-sig
        993D8D3D-F80E-4225-855A-9DAF8ED7EA97 root-ia64
        86ED10D5-B607-45BB-8957-D350F23D0571 root-ia64-verity
        E98B36EE-32BA-4882-9B12-0CE14655F46A root-ia64-verity-sig
        77055800-792C-4F94-B39A-98C91B762BB6 root-loongarch64
        F3393B22-E9AF-4613-A948-9D3BFBD0C535 root-loongarch64-verity
        5AFB67EB-ECC8-4F85-AE8E-AC1E7C50E7D0 root-loongarch64-verity-sig
        E9434544-6E2C-47CC-BAE2-12D6DEAFB44C root-mips
        37C58C8A-D913-4156-A25F-48B1B64E07F0 root-mips-le
        D7D150D2-2A04-4A33-8F12-16651205FF7B root-mips-le-verity
        C919CC1F-4456-4EFF-918C-F75E94525CA5 root-mips-le-verity-sig
        7A430799-F711-4C7E-8E5B-1D685BD48607 root-mips-verity
        BBA210A2-9C5D-45EE-9E87-FF2CCBD002D0 root-mips-verity-sig
        D113AF76-80EF-41B4-BDB6-0CFF4D3D4A25 root-mips64
        700BDA43-7A34-4507-B179-EEB93D7A7CA3 root-mips64-le
        16B417F8-3E06-4F57-8DD2-9B5232F41AA6 root-mips64-le-verity
        904E58EF-5C65-4A31-9C57-6AF5FC7C5DE7 root-mips64-le-verity-sig
        579536F8-6A33-4055-A95A-DF2D5E2C42A8 root-mips64-verity
        43CE94D4-0F3D-4999-8250-B9DEAFD98E6E root-mips64-verity-sig
        1AACDB3B-5444-4138-BD9E-E5C2239B2346 root-parisc
        D212A430-FBC5-49F9-A983-A7FEEF2B8D0E root-parisc-verity
        15DE6170-65D3-431C-916E-B0DCD8393F25 root-parisc-verity-sig
        1DE3F1EF-FA98-47B5-8DCD-4A860A654D78 root-ppc
        98CFE649-1588-46DC-B2F0-ADD147424925 root-ppc-verity
        1B31B5AA-ADD9-463A-B2ED-BD467FC857E7 root-ppc-verity-sig
        912ADE1D-A839-4913-8964-A10EEE08FBD2 root-ppc64
        C31C45E6-3F39-412E-80FB-4809C4980599 root-ppc64-le
        906BD944-4589-4AAE-A4E4-DD983917446A root-ppc64-le-verity
        D4A236E7-E873-4C07-BF1D-BF6CF7F1C3C6 root-ppc64-le-verity-sig
        9225A9A3-3C19-4D89-B4F6-EEFF88F17631 root-ppc64-verity
        F5E2C20C-45B2-4FFA-BCE9-2A60737E1AAF root-ppc64-verity-sig
        60D5A7FE-8E7D-435C-B714-3DD8162144E1 root-riscv32
        AE0253BE-1167-4007-AC68-43926C14C5DE root-riscv32-verity
        3A112A75-8729-4380-B4CF-764D79934448 root-riscv32-verity-sig
        72EC70A6-CF74-40E6-BD49-4BDA08E8F224 root-riscv64
        B6ED5582-440B-4209-B8DA-5FF7C419EA3D root-riscv64-verity
        EFE0F087-EA8D-4469-821A-4C2A96A8386A root-riscv64-verity-sig
        08A7ACEA-624C-4A20-91E8-6E0FA67D23F9 root-s390
        7AC63B47-B25C-463B-8DF8-B4A94E6C90E1 root-s390-verity
        3482388E-4254-435A-A241-766A065F9960 root-s390-verity-sig
        5EEAD9A9-FE09-4A1E-A1D7-520D00531306 root-s390x
        B325BFBE-C7BE-4AB8-8357-139E652D2F6B root-s390x-verity
        C80187A5-73A3-491A-901A-017C3FA953E9 root-s390x-verity-sig
        C50CDD70-3862-4CC3-90E1-809A8C93EE2C root-tilegx
        966061EC-28E4-4B2E-B4A5-1F0A825A1D84 root-tilegx-verity
        B3671439-97B0-4A53-90F7-2D5A8F3AD47B root-tilegx-verity-sig
        44479540-F297-41B2-9AF7-D131D5F0458A root-x86
        4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709 root-x86-64
        2C7357ED-EBD2-46D9-AEC1-23D437EC2BF5 root-x86-64-verity
        41092B05-9FC8-4523-994F-2DEF0408B176 root-x86-64-verity-sig
        D13C5D3B-B5D1-422A-B29F-9454FDC89D76 root-x86-verity
        5996FC05-109C-48DE-808B-23FA0830B676 root-x86-verity-sig
        3B8F8425-20E0-4F3B-907F-1A25A76F98E8 srv
        0657FD6D-A4AB-43C4-84E5-0933C84B4F4F swap
        7EC6F557-3BC5-4ACA-B293-16EF5DF639D1 tmp
        773F91EF-66D4-49B5-BD83-D683BF40AD16 user-home
        E18CF08C-33EC-4C0D-8246-C6C6FB3DA024 usr-alpha
        8CCE0D25-C0D0-4A44-BD87-46331BF1DF67 usr-alpha-verity
        5C6E1C76-076A-457A-A0FE-F3B4CD21CE6E usr-alpha-verity-sig
        7978A683-6316-4922-BBEE-38BFF5A2FECC usr-arc
        FCA0598C-D880-4591-8C16-4EDA05C7347C usr-arc-verity
        94F9A9A1-9971-427A-A400-50CB297F0F35 usr-arc-verity-sig
        7D0359A3-02B3-4F0A-865C-654403E70625 usr-arm
        C215D751-7BCD-4649-BE90-6627490A4C05 usr-arm-verity
        D7FF812F-37D1-4902-A810-D76BA57B975A usr-arm-verity-sig
        B0E01050-EE5F-4390-949A-9101B17104E9 usr-arm64
        6E11A4E7-FBCA-4DED-B9E9-E1A512BB664E usr-arm64-verity
        C23CE4FF-44BD-4B00-B2D4-B41B3419E02A usr-arm64-verity-sig
        4301D2A6-4E3B-4B2A-BB94-9E0B2C4225EA usr-ia64
        6A491E03-3BE7-4545-8E38-83320E0EA880 usr-ia64-verity
        8DE58BC2-2A43-460D-B14E-A76E4A17B47F usr-ia64-verity-sig
        E611C702-575C-4CBE-9A46-434FA0BF7E3F usr-loongarch64
        F46B2C26-59AE-48F0-9106-C50ED47F673D usr-loongarch64-verity
        B024F315-D330-444C-8461-44BBDE524E99 usr-loongarch64-verity-sig
        773B2ABC-2A99-4398-8BF5-03BAAC40D02B usr-mips
        0F4868E9-9952-4706-979F-3ED3A473E947 usr-mips-le
        46B98D8D-B55C-4E8F-AAB3-37FCA7F80752 usr-mips-le-verity
        3E23CA0B-A4BC-4B4E-8087-5AB6A26AA8A9 usr-mips-le-verity-sig
        6E5A1BC8-D223-49B7-BCA8-37A5FCCEB996 usr-mips-verity
        97AE158D-F216-497B-8057-F7F905770F54 usr-mips-verity-sig
        57E13958-7331-4365-8E6E-35EEEE17C61B usr-mips64
        C97C1F32-BA06-40B4-9F22-236061B08AA8 usr-mips64-le
        3C3D61FE-B5F3-414D-BB71-8739A694A4EF usr-mips64-le-verity
        F2C2C7EE-ADCC-4351-B5C6-EE9816B66E16 usr-mips64-le-verity-sig
        81CF9D90-7458-4DF4-8DCF-C8A3A404F09B usr-mips64-verity
        05816CE2-DD40-4AC6-A61D-37D32DC1BA7D usr-mips64-verity-sig
        DC4A4480-6917-4262-A4EC-DB9384949F25 usr-parisc
        5843D618-EC37-48D7-9F12-CEA8E08768B2 usr-parisc-verity
        450DD7D1-3224-45EC-9CF2-A43A346D71EE usr-parisc-verity-sig
        7D14FEC5-CC71-415D-9D6C-06BF0B3C3EAF usr-ppc
        DF765D00-270E-49E5-BC75-F47BB2118B09 usr-ppc-verity
        7007891D-D371-4A80-86A4-5CB875B9302E usr-ppc-verity-sig
        2C9739E2-F068-46B3-9FD0-01C5A9AFBCCA usr-ppc64
        15BB03AF-77E7-4D4A-B12B-C0D084F7491C usr-ppc64-le
        EE2B9983-21E8-4153-86D9-B6901A54D1CE usr-ppc64-le-verity
        C8BFBD1E-268E-4521-8BBA-BF314C399557 usr-ppc64-le-verity-sig
        BDB528A5-A259-475F-A87D-DA53FA736A07 usr-ppc64-verity
        0B888863-D7F8-4D9E-9766-239FCE4D58AF usr-ppc64-verity-sig
        B933FB22-5C3F-4F91-AF90-E2BB0FA50702 usr-riscv32
        CB1EE4E3-8CD0-4136-A0A4-AA61A32E8730 usr-riscv32-verity
        C3836A13-3137-45BA-B583-B16C50FE5EB4 usr-riscv32-verity-sig
        BEAEC34B-8442-439B-A40B-984381ED097D usr-riscv64
        8F1056BE-9B05-47C4-81D6-BE53128E5B54 usr-riscv64-verity
        D2F9000A-7A18-453F-B5CD-4D32F77A7B32 usr-riscv64-verity-sig
        CD0F869B-D0FB-4CA0-B141-9EA87CC78D66 usr-s390
        B663C618-E7BC-4D6D-90AA-11B756BB1797 usr-s390-verity
        17440E4F-A8D0-467F-A46E-3912AE6EF2C5 usr-s390-verity-sig
        8A4F5770-50AA-4ED3-874A-99B710DB6FEA usr-s390x
        31741CC4-1A2A-4111-A581-E00B447D2D06 usr-s390x-verity
        3F324816-667B-46AE-86EE-9B0C0C6C11B4 usr-s390x-verity-sig
        55497029-C7C1-44CC-AA39-815ED1558630 usr-tilegx
        2FB4BF56-07FA-42DA-8132-6B139F2026AE usr-tilegx-verity
        4EDE75E2-6CCC-4CC8-B9C7-70334B087510 usr-tilegx-verity-sig
        75250D76-8CC6-458E-BD66-BD47CC81A812 usr-x86
        8484680C-9521-48C6-9C11-B0720656F69E usr-x86-64
        77FF5F63-E7B6-4633-ACF4-1565B864C0E6 usr-x86-64-verity
        E7BB33FB-06CF-4E81-8273-E543B413E2E2 usr-x86-64-verity-sig
        8F461B0D-14EE-4E81-9AA9-049B6FB97ABD usr-x86-verity
        974A71C0-DE41-43C3-BE5D-5C5CCD1AD2C0 usr-x86-verity-sig
        4D21B016-B534-45C2-A9FB-5C16E091FD2D var
        BC13C2FF-59E6-4262-A352-B275FD6F7172 xbootldr
        024DEE41-33E7-11D3-9D69-0008C781F39F mbr-scheme
        D3BFE2DE-3DAF-11DF-BA40-E3A556D89593 intel-fast-flash
        21686148-6449-6E6F-744E-656564454649 bios-boot
        F4019732-066E-4E12-8273-346C5641494F sony-boot
        BFBFAFE7-A34F-448A-9A5B-6213EB736C22 lenovo-boot
        9E1A2D38-C612-4316-AA26-8B49521E5A8B prep-boot
        7412F7D5-A156-4B13-81DC-867174929325 onie-boot
        D4E6E2CD-4469-46F3-B5CB-1BFF57AFC149 onie-config
        E3C9E316-0B5C-4DB8-817D-F92DF00215AE microsoft-reserved
        EBD0A0A2-B9E5-4433-87C0-68B6B72699C7 microsoft-basic-data
        5808C8AA-7E8F-42E0-85D2-E1E90434CFB3 microsoft-ldm-metadata
        AF9B60A0-1431-4F62-BC68-3311714A69AD microsoft-ldm-data
        DE94BBA4-06D1-4D40-A16A-BFD50179D6AC windows-recovery
        37AFFC90-EF7D-4E96-91C3-2D7AE055B174 ibm-gpfs
        E75CAF8F-F680-4CEE-AFA3-B001E56EFC2D microsoft-storage-spaces
        75894C1E-3AEB-11D3-B7C1-7B03A0000000 hp-ux-data
        E2A1E728-32E3-11D6-A682-7B03A0000000 hp-ux-service
        8DA63339-0007-60C0-C436-083AC8230908 linux-reserved
        A19D880F-05FC-4D3B-A006-743F0F84911E linux-raid
        E6D6D379-F507-44C2-A23C-238F2A3DF928 linux-lvm
        516E7CB4-6ECF-11D6-8FF8-00022D09712B freebsd-data
        83BD6B9D-7F41-11DC-BE0B-001560B84F0F freebsd-boot
        516E7CB5-6ECF-11D6-8FF8-00022D09712B freebsd-swap
        516E7CB6-6ECF-11D6-8FF8-00022D09712B freebsd-ufs
        516E7CBA-6ECF-11D6-8FF8-00022D09712B freebsd-zfs
        516E7CB8-6ECF-11D6-8FF8-00022D09712B freebsd-vinum
        48465300-0000-11AA-AA11-00306543ECAC apple-hfs
        7C3457EF-0000-11AA-AA11-00306543ECAC apple-apfs
        55465300-0000-11AA-AA11-00306543ECAC apple-ufs
        52414944-0000-11AA-AA11-00306543ECAC apple-raid
        52414944-5F4F-11AA-AA11-00306543ECAC apple-raid-offline
        426F6F74-0000-11AA-AA11-00306543ECAC apple-boot
        4C616265-6C00-11AA-AA11-00306543ECAC apple-label
        5265636F-7665-11AA-AA11-00306543ECAC apple-tv-recovery
        53746F72-6167-11AA-AA11-00306543ECAC apple-core-storage
        69646961-6700-11AA-AA11-00306543ECAC apple-silicon-boot
        52637672-7900-11AA-AA11-00306543ECAC apple-silicon-recovery
        6A82CB45-1DD2-11B2-99A6-080020736631 solaris-boot
        6A85CF4D-1DD2-11B2-99A6-080020736631 solaris-root
        6A898CC3-1DD2-11B2-99A6-080020736631 apple-zfs
        6A87C46F-1DD2-11B2-99A6-080020736631 solaris-swap
        6A8B642B-1DD2-11B2-99A6-080020736631 solaris-backup
        6A8EF2E9-1DD2-11B2-99A6-080020736631 solaris-var
        6A90BA39-1DD2-11B2-99A6-080020736631 solaris-home
        6A9283A5-1DD2-11B2-99A6-080020736631 solaris-alternate-sector
        6A945A3B-1DD2-11B2-99A6-080020736631 solaris-reserved-1
        6A9630D1-1DD2-11B2-99A6-080020736631 solaris-reserved-2
        6A980767-1DD2-11B2-99A6-080020736631 solaris-reserved-3
        6A96237F-1DD2-11B2-99A6-080020736631 solaris-reserved-4
        6A8D2AC7-1DD2-11B2-99A6-080020736631 solaris-reserved-5
        49F48D32-B10E-11DC-B99B-0019D1879648 netbsd-swap
        49F48D5A-B10E-11DC-B99B-0019D1879648 netbsd-ffs
        49F48D82-B10E-11DC-B99B-0019D1879648 netbsd-lfs
        2DB519C4-B10F-11DC-B99B-0019D1879648 netbsd-concatenated
        2DB519EC-B10F-11DC-B99B-0019D1879648 netbsd-encrypted
        49F48DAA-B10E-11DC-B99B-0019D1879648 netbsd-raid
        FE3A2A5D-4F32-41A7-B725-ACCC3285A309 chromeos-kernel
        3CB8E202-3B7E-47DD-8A3C-7FF2A13CFCEC chromeos-root
        2E0A753D-9E48-43B0-8337-B15192CB1B5E chromeos-reserved
        85D5E45A-237C-11E1-B4B3-E89A8F7FC3A7 midnightbsd-data
        85D5E45E-237C-11E1-B4B3-E89A8F7FC3A7 midnightbsd-boot
        85D5E45B-237C-11E1-B4B3-E89A8F7FC3A7 midnightbsd-swap
        0394EF8B-237E-11E1-B4B3-E89A8F7FC3A7 midnightbsd-ufs
        85D5E45D-237C-11E1-B4B3-E89A8F7FC3A7 midnightbsd-zfs
        85D5E45C-237C-11E1-B4B3-E89A8F7FC3A7 midnightbsd-vinum
        45B0969E-9B03-4F30-B4C6-B4B80CEFF106 ceph-journal
        45B0969E-9B03-4F30-B4C6-5EC00CEFF106 ceph-encrypted-journal
        4FBD7E29-9D25-41B8-AFD0-062C0CEFF05D ceph-osd
        4FBD7E29-9D25-41B8-AFD0-5EC00CEFF05D ceph-crypt-osd
        89C57F98-2FE5-4DC0-89C1-F3AD0CEFF2BE ceph-disk-in-creation
        89C57F98-2FE5-4DC0-89C1-5EC00CEFF2BE ceph-crypt-disk-in-creation
        AA31E02A-400F-11DB-9590-000C2911D1B8 vmware-vmfs
        9D275380-40AD-11DB-BF97-000C2911D1B8 vmware-diagnostic
        381CFCCC-7288-11E0-92EE-000C2911D0B2 vmware-vsan
        77719A0C-A4A0-11E3-A47E-000C29745A24 vmware-virsto
        9198EFFC-31C0-11DB-8F78-000C2911D1B8 vmware-reserved
        824CC7A0-36A8-11E3-890A-952519AD3F61 openbsd-data
        CEF5A9AD-73BC-4601-89F3-CDEEEEE321A1 qnx6
        C91818F9-8025-47AF-89D2-F030D7000C2C plan-9
        5B193300-FC78-40CD-8002-E86C45580B47 hifive-fsbl
        2E54B353-1271-4842-806F-E436D6AF6985 hifive-bbl
        42465331-3BA3-10F1-802A-4861696B7521 haiku-bfs
        6828311A-BA55-42A4-BCDE-A89BB5EDECAE marvell-armada-3700-boot
        CA7D7CCB-63ED-4C53-861C-1742536059CC linux-luks
        7FFEC5C9-2D00-49B7-8941-3EA10A5586B7 linux-dm-crypt
        """
}
