using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RemoteStore.Ruler.Notifying;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Notifying;

/// <summary>Against a server with certificates that the test has made.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "They are disposed of by DisposeAsync, which xunit calls.")]
public sealed class AlertmanagerTlsTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("remotestore-tls-");
    private readonly TestAuthority _authority = new("ours");
    private readonly TestAuthority _other = new("another");
    private readonly List<string> _clients = [];
    private X509Certificate2 _certificate = null!;
    private WebApplication? _server;

    public Task InitializeAsync()
    {
        Write("ca.pem", _authority.RootPem);
        Write("other.pem", _other.RootPem);
        _certificate = _authority.Issue("localhost");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _certificate.Dispose();
        _authority.Dispose();
        _other.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Send_CertificateOfTheNamedAuthority_IsTaken() =>
        (await SendAsync(new AlertmanagerOptions { TlsCaFile = PathOf("ca.pem") })).ShouldBe((SendOutcome.Delivered, null));

    [Fact]
    public async Task Send_CertificateOfAnotherAuthority_IsRefused()
    {
        (SendOutcome outcome, string? reason) = await SendAsync(new AlertmanagerOptions { TlsCaFile = PathOf("other.pem") });

        outcome.ShouldBe(SendOutcome.Failed);
        reason.ShouldNotBeNull().ShouldContain("certificate");
    }

    [Fact]
    public async Task Send_AuthorityUnknownToTheSystem_IsRefused() =>
        (await SendAsync(new AlertmanagerOptions())).Outcome.ShouldBe(SendOutcome.Failed);

    [Fact]
    public async Task Send_VerificationSwitchedOff_TakesAnyCertificate() =>
        (await SendAsync(new AlertmanagerOptions { TlsSkipVerify = true })).ShouldBe((SendOutcome.Delivered, null));

    [Theory]
    [InlineData("alerts.example", "", nameof(SendOutcome.Failed))] // the address is localhost
    [InlineData("alerts.example", "alerts.example", nameof(SendOutcome.Delivered))]
    [InlineData("localhost", "alerts.example", nameof(SendOutcome.Failed))]
    public async Task Send_NameOfTheCertificate_IsThatOfTheAddressOrTheOption(string named, string expected, string outcome)
    {
        Use(_authority.Issue(named));

        (await SendAsync(new AlertmanagerOptions { TlsCaFile = PathOf("ca.pem"), TlsServerName = expected })).Outcome.ToString().ShouldBe(outcome);
    }

    [Fact]
    public async Task Send_CertificateExpired_IsRefused()
    {
        Use(_authority.Issue("localhost", expired: true));

        (await SendAsync(new AlertmanagerOptions { TlsCaFile = PathOf("ca.pem") })).Outcome.ShouldBe(SendOutcome.Failed);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)] // it is signed by the authority, and good for clients only
    public void Certificate_IsForServers(int usage, bool expected)
    {
        using X509Certificate2 certificate = _authority.Issue("localhost", usage);
        RemoteCertificateValidationCallback check = TlsFiles.ClientOptions(new AlertmanagerOptions { TlsCaFile = PathOf("ca.pem") }).RemoteCertificateValidationCallback!;

        check(this, certificate, null, SslPolicyErrors.RemoteCertificateChainErrors).ShouldBe(expected);
        check(this, certificate, null, SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateChainErrors).ShouldBeFalse();
        check(this, null, null, SslPolicyErrors.RemoteCertificateNotAvailable).ShouldBeFalse();
    }

    [Fact]
    public async Task Send_FileOfTheAuthorityIsMissing_FailsAndNamesIt()
    {
        (SendOutcome outcome, string? reason) = await SendAsync(new AlertmanagerOptions { TlsCaFile = PathOf("nowhere.pem") });

        outcome.ShouldBe(SendOutcome.Failed);
        reason.ShouldNotBeNull().ShouldContain("nowhere.pem");
    }

    [Fact]
    public async Task Send_ClientCertificate_IsShownAndReadAgainForNewConnections()
    {
        await StartAsync();
        foreach (string name in (string[])["first", "second"])
        {
            using X509Certificate2 client = _other.Issue(name, usage: 2);
            Write("client.pem", client.ExportCertificatePem());
            Write("client.key", client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
            var options = new AlertmanagerOptions
            {
                TlsCaFile = PathOf("ca.pem"),
                TlsCertificateFile = PathOf("client.pem"),
                TlsKeyFile = PathOf("client.key"),
            };

            (await SendAsync(options)).ShouldBe((SendOutcome.Delivered, null));
        }

        _clients.ShouldBe(["CN=first", "CN=second"]);
    }

    private void Use(X509Certificate2 certificate)
    {
        _certificate.Dispose();
        _certificate = certificate;
    }

    private async Task<(SendOutcome Outcome, string? Reason)> SendAsync(AlertmanagerOptions options)
    {
        await StartAsync();
        using var target = new HttpAlertmanager(new Uri($"https://localhost:{new Uri(_server!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port}"), options, TimeProvider.System);
        return await target.SendAsync(AlertSenderTests.Alerts("a"), CancellationToken.None);
    }

    private async Task StartAsync()
    {
        if (_server is not null)
        {
            return;
        }

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = _certificate,
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
            ClientCertificateValidation = static (_, _, _) => true,
        })));
        _server = builder.Build();
        _server.MapPost("/api/v2/alerts", (HttpContext context) =>
        {
            if (context.Connection.ClientCertificate is { } client)
            {
                _clients.Add(client.Subject);
            }
        });
        await _server.StartAsync();
    }

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);

    private void Write(string name, string text) => File.WriteAllText(PathOf(name), text);
}
