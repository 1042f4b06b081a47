using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RemoteStore.Ruler.Notifying;

/// <summary>TLS as options ask for it. Certificates are read from their files for every new connection, so that they can be exchanged.</summary>
internal static class TlsFiles
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>What the client of an Alertmanager uses.</summary>
    public static SslClientAuthenticationOptions ClientOptions(AlertmanagerOptions options)
    {
        var tls = new SslClientAuthenticationOptions();
        if (options.TlsCertificateFile.Length > 0)
        {
            tls.LocalCertificateSelectionCallback = (_, _, _, _, _) => X509Certificate2.CreateFromPemFile(options.TlsCertificateFile, options.TlsKeyFile);
        }

        if (options.TlsSkipVerify)
        {
            AcceptAny(tls);
        }
        else if (options.TlsCaFile.Length + options.TlsServerName.Length > 0)
        {
            tls.RemoteCertificateValidationCallback = (_, certificate, sent, errors) => IsTrusted(options, certificate, sent, errors);
        }

        return tls;
    }

    [SuppressMessage("Security", "CA5359:Do Not Disable Certificate Validation", Justification = "The operator asks for it by an option of that name.")]
    private static void AcceptAny(SslClientAuthenticationOptions tls) => tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;

    /// <summary>Judges anew what options say: the name, which the HTTP client always takes from the address, and the signature. What else is wrong stays wrong.</summary>
    private static bool IsTrusted(AlertmanagerOptions options, X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 own)
        {
            return false;
        }

        if (options.TlsServerName.Length > 0)
        {
            if (!own.MatchesHostname(options.TlsServerName, allowWildcards: true, allowCommonName: false))
            {
                return false;
            }

            errors &= ~SslPolicyErrors.RemoteCertificateNameMismatch;
        }

        if (options.TlsCaFile.Length == 0)
        {
            return errors == SslPolicyErrors.None;
        }

        return (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None && IsSignedBy(options.TlsCaFile, own, sent);
    }

    private static bool IsSignedBy(string caFile, X509Certificate2 certificate, X509Chain? sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication)); // that of a client of the same authority is no server's
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(caFile);
        foreach (X509ChainElement element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(certificate);
    }
}
