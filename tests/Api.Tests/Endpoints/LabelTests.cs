using RemoteStore.Testing;

namespace RemoteStore.Api.Tests.Endpoints;

public sealed class LabelTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await ApiHost.StartAsync();
        await _host.StoreAsync(
            new RequestSeries("__name__", "up", "job", "b").Sample(1_000, 1),
            new RequestSeries("__name__", "up", "job", "a", "zone", "x").Sample(2_000, 1),
            new RequestSeries("__name__", "down", "job", "c").Sample(3_000, 1),
            new RequestSeries("__name__", "odd.name", "label.name", "v", "with_underscore", "u", "sl/ash", "s").Sample(3_000, 1));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("match[]=up", """[{"__name__":"up","job":"a","zone":"x"},{"__name__":"up","job":"b"}]""")]
    [InlineData("match[]=up&match[]=down&match[]={job=\"a\"}", """[{"__name__":"down","job":"c"},{"__name__":"up","job":"a","zone":"x"},{"__name__":"up","job":"b"}]""")]
    [InlineData("match[]={\"odd.name\"}", """[{"__name__":"odd.name","label.name":"v","sl/ash":"s","with_underscore":"u"}]""")]
    [InlineData("match[]={job=~\"a|c\"}&start=2.5&end=3", """[{"__name__":"down","job":"c"}]""")]
    [InlineData("match[]=up&start=5", "[]")]
    [InlineData("match[]=up&start=5&end=4", "[]")]
    [InlineData("match[]=nothing", "[]")]
    public async Task Series_Selectors_GiveTheUnion(string query, string expected) =>
        (await _host.GetDataAsync("/api/v1/series?" + query)).ShouldBe(expected);

    [Fact]
    public async Task Series_PostForm_TakesAllSelectors()
    {
        (int status, string body) = await _host.PostFormAsync("/api/v1/series", ("match[]", "down"), ("match[]", "{zone=\"x\"}"));

        status.ShouldBe(200);
        body.ShouldContain("""[{"__name__":"down","job":"c"},{"__name__":"up","job":"a","zone":"x"}]""");
    }

    [Theory]
    [InlineData("", "no match[] parameter provided")]
    [InlineData("?match[]={}", "invalid parameter \"match[]\": match[] must contain at least one non-empty matcher")]
    [InlineData("?match[]={job=~\".*\"}", "invalid parameter \"match[]\": match[] must contain at least one non-empty matcher")]
    [InlineData("?match[]=up{", "invalid parameter \"match[]\": 1:4: parse error: unexpected end of input inside braces")]
    [InlineData("?match[]=up&start=x", "invalid parameter \"start\": Invalid time value for 'start': cannot parse \"x\" to a valid timestamp")]
    [InlineData("?match[]=up&limit=-1", "invalid parameter \"limit\": limit must be non-negative")]
    public async Task Series_BadParameters_AreBadData(string query, string expected) =>
        (await _host.GetErrorAsync("/api/v1/series" + query, 400)).ShouldBe(("bad_data", expected));

    [Theory]
    [InlineData("/api/v1/series?match[]=up&match[]=down&limit=2", """[{"__name__":"down","job":"c"},{"__name__":"up","job":"a","zone":"x"}]""")]
    [InlineData("/api/v1/labels?limit=2", """["__name__","job"]""")]
    [InlineData("/api/v1/label/job/values?limit=2", """["a","b"]""")]
    [InlineData("/api/v1/label/job/values?match[]=up&match[]=down&limit=2", """["a","b"]""")]
    public async Task Limit_Exceeded_CutsAndWarns(string path, string expected)
    {
        (await _host.GetDataAsync(path)).ShouldBe(expected);
        (await _host.GetAsync(path)).Body.ShouldEndWith(""","warnings":["results truncated due to limit"]}""");
    }

    [Theory]
    [InlineData("/api/v1/labels?limit=40000")]
    [InlineData("/api/v1/label/job/values?limit=3")]
    [InlineData("/api/v1/series?match[]=up&limit=2")]
    public async Task Limit_NotExceeded_DoesNotWarn(string path) => (await _host.GetAsync(path)).Body.ShouldNotContain("warnings");

    [Theory]
    [InlineData("/api/v1/labels", """["__name__","job","label.name","sl/ash","with_underscore","zone"]""")]
    [InlineData("/api/v1/labels?match[]=down", """["__name__","job"]""")]
    [InlineData("/api/v1/labels?match[]=down&match[]={zone!=\"\"}", """["__name__","job","zone"]""")]
    [InlineData("/prometheus/api/v1/label/__name__/values", """["down","odd.name","up"]""")]
    [InlineData("/api/v1/label/__name__/values", """["down","odd.name","up"]""")]
    [InlineData("/api/v1/label/job/values?match[]=up", """["a","b"]""")]
    [InlineData("/api/v1/label/U__label_2e_name/values", """["v"]""")]
    [InlineData("/api/v1/label/label.name/values", """["v"]""")]
    [InlineData("/api/v1/label/U__with__underscore/values", """["u"]""")]
    [InlineData("/api/v1/label/sl%2Fash/values", """["s"]""")]
    [InlineData("/api/v1/label/nothing/values", "[]")]
    [InlineData("/api/v1/label/job/values?start=-292273086-05-16T16:47:06Z&end=292277025-08-18T07:12:54.999999999Z", """["a","b","c"]""")]
    public async Task Labels_Listing_IsSorted(string path, string expected) => (await _host.GetDataAsync(path)).ShouldBe(expected);

    [Fact]
    public async Task LabelValues_EmptyName_IsBadData() => (await _host.GetErrorAsync("/api/v1/label/U__/values", 400)).Type.ShouldBe("bad_data");

    [Fact]
    public async Task LabelValues_Post_Is405() => (await _host.PostFormAsync("/api/v1/label/job/values")).Status.ShouldBe(405);

    [Fact]
    public async Task Labels_BeyondTheBasicPlane_AreSortedByCodePoint()
    {
        await _host.StoreAsync(new RequestSeries("__name__", "u", "k", "\uff5e").Sample(1, 1), new RequestSeries("__name__", "u", "k", "😀").Sample(1, 1));

        (await _host.GetAsync("/api/v1/label/k/values?match[]={k=\"😀\"}&match[]={k=\"\uff5e\"}")).Body.ShouldMatch("\\[\"(～|\\\\uFF5E)\",\"(😀|\\\\uD83D\\\\uDE00)\"\\]");
    }
}
