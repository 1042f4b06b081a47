using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using RemoteStore.Api.Parameters;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.Api.Http;

/// <summary>Parameters of a request: form fields of the body first, then the query string.</summary>
internal sealed class ApiRequest
{
    private readonly IQueryCollection _query;
    private readonly IFormCollection? _form;

    private ApiRequest(HttpContext context, IFormCollection? form, TenantId tenant)
    {
        Http = context;
        Tenant = tenant;
        _query = context.Request.Query;
        _form = form;
    }

    /// <summary>The request itself.</summary>
    public HttpContext Http { get; }

    /// <summary>Whose data it is about.</summary>
    public TenantId Tenant { get; }

    /// <summary>Reads the form, if there is one.</summary>
    public static async ValueTask<ApiRequest> ReadAsync(HttpContext context, TenantId tenant)
    {
        IFormCollection? form = null;
        if ((HttpMethods.IsPost(context.Request.Method) || HttpMethods.IsPut(context.Request.Method)) && context.Request.HasFormContentType)
        {
            try
            {
                form = await context.Request.ReadFormAsync(context.RequestAborted);
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException)
            {
                throw new ApiException(ApiErrorType.BadData, $"error parsing form values: {exception.Message}");
            }
        }

        return new ApiRequest(context, form, tenant);
    }

    /// <summary>First value of a parameter; empty when it is missing.</summary>
    public string Get(string name)
    {
        StringValues values = _form is not null && _form.TryGetValue(name, out StringValues inForm) ? inForm : _query[name];
        return values.Count == 0 ? "" : values[0] ?? "";
    }

    /// <summary>All values of a parameter.</summary>
    public IEnumerable<string> GetAll(string name)
    {
        StringValues inForm = _form is not null && _form.TryGetValue(name, out StringValues found) ? found : default;
        return inForm.Concat(_query[name]).Select(static value => value ?? "");
    }

    /// <summary>A point in time, in milliseconds since the Unix epoch.</summary>
    public long GetTime(string name, long fallback)
    {
        string text = Get(name);
        if (text.Length == 0)
        {
            return fallback;
        }

        return ApiTime.TryParse(text, out long timestampMs)
            ? timestampMs
            : throw ApiException.BadParameter(name, $"Invalid time value for '{name}': {NoTimestamp(text)}");
    }

    /// <summary>A point in time that may not be missing.</summary>
    public long GetTime(string name) =>
        ApiTime.TryParse(Get(name), out long timestampMs) ? timestampMs : throw ApiException.BadParameter(name, NoTimestamp(Get(name)));

    /// <summary>The range of <c>start</c> and <c>end</c>; all of time for what is missing.</summary>
    public QueryRange GetRange() => new(GetTime("start", long.MinValue), GetTime("end", long.MaxValue));

    /// <summary>A length of time; null when it is missing.</summary>
    public TimeSpan? GetDuration(string name) => Get(name).Length == 0 ? null : GetRequiredDuration(name);

    /// <summary>A length of time that may not be missing; may be negative.</summary>
    public TimeSpan GetRequiredDuration(string name)
    {
        string? fault = ApiDuration.TryParse(Get(name), out TimeSpan duration);
        return fault is null ? duration : throw ApiException.BadParameter(name, fault);
    }

    /// <summary>True for <c>1</c> and <c>true</c>.</summary>
    public bool GetFlag(string name) => Get(name) is "1" or "true";

    /// <summary>True when the answer may lack what cannot be read, with a warning that says so (<c>partial_response</c>).</summary>
    public bool AllowsPartial => GetFlag("partial_response");

    /// <summary>The parameter <c>limit</c>; 0 = none.</summary>
    public int GetLimit()
    {
        string text = Get("limit");
        if (text.Length == 0)
        {
            return 0;
        }

        if (!GoInteger.TryParse(text, out long limit, out string? fault))
        {
            throw ApiException.BadParameter("limit", fault);
        }

        return limit >= 0 ? (int)Math.Min(limit, int.MaxValue) : throw ApiException.BadParameter("limit", "limit must be non-negative");
    }

    /// <summary>A whole number; -1 when it is missing.</summary>
    public int GetNumber(string name)
    {
        string text = Get(name);
        if (text.Length == 0)
        {
            return -1;
        }

        return GoInteger.TryParse(text, out long number, out _)
            ? (int)Math.Clamp(number, int.MinValue, int.MaxValue)
            : throw new ApiException(ApiErrorType.BadData, $"{name} must be a number");
    }

    /// <summary>A query.</summary>
    public Expr GetExpression(string name, ParserOptions syntax) =>
        PromQLParser.TryParse(Get(name), out Expr? expression, out IReadOnlyList<ParseFault>? faults, syntax)
            ? expression
            : throw ApiException.BadParameter(name, faults[0].ToString());

    /// <summary>Selectors that may match everything.</summary>
    public IReadOnlyList<IReadOnlyList<LabelMatcher>> GetSelectors(string name)
    {
        var sets = new List<IReadOnlyList<LabelMatcher>>();
        foreach (string text in GetAll(name))
        {
            if (!PromQLParser.TryParseMatchers(text, out IReadOnlyList<LabelMatcher>? matchers, out IReadOnlyList<ParseFault>? faults))
            {
                throw ApiException.BadParameter(name, faults[0].ToString());
            }

            sets.Add(matchers);
        }

        return sets;
    }

    /// <summary>The selectors of <c>match[]</c>, each with a matcher that does not match the empty value.</summary>
    public IReadOnlyList<IReadOnlyList<LabelMatcher>> GetMatcherSets()
    {
        IReadOnlyList<IReadOnlyList<LabelMatcher>> sets = GetSelectors("match[]");
        return sets.All(static matchers => matchers.Any(static m => !m.MatchesEmpty))
            ? sets
            : throw ApiException.BadParameter("match[]", "match[] must contain at least one non-empty matcher");
    }

    private static string NoTimestamp(string text) => $"cannot parse {GoInteger.Quote(text)} to a valid timestamp";
}
