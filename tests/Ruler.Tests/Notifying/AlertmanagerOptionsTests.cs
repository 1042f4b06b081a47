using RemoteStore.Ruler.Notifying;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Notifying;

public sealed class AlertmanagerOptionsTests
{
    [Fact]
    public void Urls_List_IsReadOnceEach()
    {
        var options = new AlertmanagerOptions { Urls = "http://a:9093, https://b/am,http://a:9093/" };

        options.Validate().ShouldBeEmpty();
        options.Targets.Select(static target => target.AbsoluteUri).ShouldBe(["http://a:9093/", "https://b/am"]);
    }

    [Fact]
    public void Validate_FaultyValues_AreAllTold()
    {
        var options = new AlertmanagerOptions
        {
            Urls = "a:9093,ftp://b,http://u:p@c",
            PasswordFile = "p",
            BearerToken = "t",
            BearerTokenFile = "t",
            TlsCertificateFile = "c",
        };

        options.Validate().ShouldBe(
            [
                "alertmanager.url: 'a:9093' is not an address such as http://127.0.0.1:9093",
                "alertmanager.url: 'ftp://b' is not an address such as http://127.0.0.1:9093",
                "alertmanager.url: 'http://u:p@c' is not an address such as http://127.0.0.1:9093",
                "alertmanager.password and alertmanager.password-file need alertmanager.username",
                "at most one of alertmanager.bearer-token and alertmanager.bearer-token-file may be set",
                "alertmanager.tls-cert-file and alertmanager.tls-key-file need each other",
            ]);
    }

    [Fact]
    public void Validate_TwoWaysToAuthenticate_AreRefused() =>
        new AlertmanagerOptions { Username = "u", Password = "p", PasswordFile = "f", BearerToken = "t" }.Validate().Count().ShouldBe(2);
}
