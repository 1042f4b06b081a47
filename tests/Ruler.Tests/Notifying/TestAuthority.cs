using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RemoteStore.Ruler.Tests.Notifying;

/// <summary>A certification authority that exists for one test.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset s_from = TimeProvider.System.GetUtcNow().AddDays(-1);

    private readonly X509Certificate2 _root;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestAuthority(string name)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        _root = request.CreateSelfSigned(s_from, s_from.AddDays(10));
    }

    /// <summary>The root's certificate.</summary>
    public string RootPem => _root.ExportCertificatePem();

    /// <summary>A certificate with its key; the caller disposes it.</summary>
    /// <param name="dnsName">Whom it names.</param>
    /// <param name="usage">What its key is for: 1 = servers, 2 = clients, as in 1.3.6.1.5.5.7.3.</param>
    /// <param name="expired">True for one that was good until yesterday.</param>
    public X509Certificate2 Issue(string dnsName, int usage = 1, bool expired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={dnsName}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(dnsName);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(FormattableString.Invariant($"1.3.6.1.5.5.7.3.{usage}"))], false));
        byte[] serial = RandomNumberGenerator.GetBytes(8);
        using X509Certificate2 signed = request.Create(_root, s_from.AddHours(1), expired ? s_from.AddHours(2) : s_from.AddDays(5), serial);
        return signed.CopyWithPrivateKey(key);
    }

    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
    }
}
