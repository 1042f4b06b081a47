using RemoteStore.Ruler.Notifying;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Notifying;

public sealed class GeneratorUrlTests
{
    [Theory]
    [InlineData("up == 0", "up+%3D%3D+0")]
    [InlineData("a{b=~\"x|y\"} > 1e+06", "a%7Bb%3D~%22x%7Cy%22%7D+%3E+1e%2B06")]
    [InlineData("sum(rate(x_total[5m])) / 100 * -1.5", "sum%28rate%28x_total%5B5m%5D%29%29+%2F+100+%2A+-1.5")]
    [InlineData("{\"ä.ö\"}", "%7B%22%C3%A4.%C3%B6%22%7D")]
    public void Escape_Query_IsAsGoWritesIt(string query, string escaped) => GeneratorUrl.Escape(query).ShouldBe(escaped);

    [Theory]
    [InlineData("http://prom:9090")]
    [InlineData("http://prom:9090/")]
    public void Of_ExternalUrl_IsTheGraphOfTheQuery(string url) => GeneratorUrl.Of(url, "up").ShouldBe("http://prom:9090/graph?g0.expr=up&g0.tab=1");
}
