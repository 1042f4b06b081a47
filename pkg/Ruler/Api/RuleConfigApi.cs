using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Ruler.Files;
using RemoteStore.Ruler.Stores;
using RemoteStore.Telemetry;

namespace RemoteStore.Ruler.Api;

/// <summary>
/// The API that lists and changes the rule groups of a tenant, as mimirtool, cortextool and Grafana use it: YAML in and out. What it has answered 202 is stored, and in
/// force as soon as this process has read it back.
/// </summary>
public sealed class RuleConfigApi : IDisposable
{
    private const string NoGroups = "no rule groups found";
    private const string NoGroup = "group does not exist";

    private readonly RuleGroupStore _store;
    private readonly StoredRuleLoader _loader;
    private readonly RuleFileOptions _options;
    private readonly ITenantLimitsProvider _limits;
    private readonly SemaphoreSlim _counting = new(1, 1); // so that of two groups that come at once not both are the last
    private readonly TenantResolver _tenants;
    private readonly Readiness _readiness;
    private readonly ILogger _logger;

    /// <summary>Creates the API.</summary>
    /// <param name="store">Where groups are.</param>
    /// <param name="loader">Puts changes in force.</param>
    /// <param name="options">What groups may hold.</param>
    /// <param name="limits">How many each tenant may have.</param>
    /// <param name="tenants">Whose rules a request is about.</param>
    /// <param name="readiness">Whether requests are served.</param>
    /// <param name="logger">Where failures go.</param>
    public RuleConfigApi(
        RuleGroupStore store,
        StoredRuleLoader loader,
        RuleFileOptions options,
        ITenantLimitsProvider limits,
        TenantResolver tenants,
        Readiness readiness,
        ILogger<RuleConfigApi> logger)
    {
        _store = store;
        _loader = loader;
        _options = options;
        _limits = limits;
        _tenants = tenants;
        _readiness = readiness;
        _logger = logger;
    }

    /// <inheritdoc/>
    public void Dispose() => _counting.Dispose();

    /// <summary>Serves one request.</summary>
    internal async Task ServeAsync(HttpContext context, string root)
    {
        if (!_readiness.IsReady)
        {
            await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, "Service Unavailable");
        }
        else if (_tenants.Resolve(context.Request, out TenantId tenant) is { } refusal)
        {
            await AnswerAsync(context, refusal.StatusCode, refusal.Message);
        }
        else if (!RuleConfigPath.TryRead(context.Request, root, out RuleConfigPath path))
        {
            await AnswerAsync(context, StatusCodes.Status404NotFound, NoGroup);
        }
        else
        {
            try
            {
                await ServeAsync(context, tenant, path);
            }
            catch (Exception e) when (e is BucketException or OperationCanceledException && !context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
            {
                _logger.RuleRequestFailed(tenant.Name, context.Request.Method, e.Message);
                await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, e.Message);
            }
        }
    }

    private Task ServeAsync(HttpContext context, TenantId tenant, RuleConfigPath path) => context.Request.Method switch
    {
        "POST" => path is { Namespace: { } space, Group: null } ? SetAsync(context, tenant, space) : AnswerAsync(context, StatusCodes.Status405MethodNotAllowed, "POST one group to its namespace"),
        "DELETE" => DeleteAsync(context, tenant, path),
        _ => GetAsync(context, tenant, path),
    };

    private async Task GetAsync(HttpContext context, TenantId tenant, RuleConfigPath path)
    {
        RuleGroup[] groups = await FindAsync(tenant, path, context.RequestAborted);
        if (groups.Length == 0)
        {
            await AnswerAsync(context, StatusCodes.Status404NotFound, path.Group is null ? NoGroups : NoGroup);
            return;
        }

        context.Response.ContentType = "application/yaml";
        await context.Response.WriteAsync(
            path.Group is null ? RuleGroupYaml.WriteByNamespace(groups) : RuleGroupYaml.Write(groups[0]), context.RequestAborted);
    }

    private async Task SetAsync(HttpContext context, TenantId tenant, string space)
    {
        byte[]? body = await ReadBodyAsync(context);
        if (body is null)
        {
            await AnswerAsync(context, StatusCodes.Status413PayloadTooLarge, FormattableString.Invariant($"a group may have {_options.MaxFileBytes} bytes"));
            return;
        }

        RuleFile file = RuleFileReader.ReadGroup(space, body, _options);
        if (!file.IsSound)
        {
            await AnswerAsync(context, StatusCodes.Status400BadRequest, string.Join('\n', file.Faults));
            return;
        }

        try
        {
            if (await PutAsync(tenant, file.Groups[0], context.RequestAborted) is { } excess)
            {
                await AnswerAsync(context, StatusCodes.Status400BadRequest, excess);
                return;
            }
        }
        catch (ArgumentException)
        {
            await AnswerAsync(
                context, StatusCodes.Status400BadRequest, FormattableString.Invariant($"the name of a namespace or group may have {RuleGroupStore.MaxNameLength} bytes, percent-escaped"));
            return;
        }

        await AcceptAsync(context, tenant);
    }

    /// <summary>Stores a group within the tenant's limits.</summary>
    /// <returns>Which limit it would exceed; null when it is stored.</returns>
    private async ValueTask<string?> PutAsync(TenantId tenant, RuleGroup group, CancellationToken cancellationToken)
    {
        TenantRuleLimits limits = _limits.For(tenant).Rules;
        if (limits.MaxRulesPerGroup > 0 && group.Rules.Count > limits.MaxRulesPerGroup)
        {
            return FormattableString.Invariant($"the group has {group.Rules.Count} rules, the limit is {limits.MaxRulesPerGroup} ({TenantRuleLimits.MaxRulesPerGroupOption})");
        }

        if (limits.MaxGroups <= 0)
        {
            await _store.PutAsync(tenant, group, cancellationToken);
            return null;
        }

        await _counting.WaitAsync(cancellationToken);
        try
        {
            int others = (await _store.ListAsync(tenant, cancellationToken)).Groups.Count(other => other.File != group.File || other.Name != group.Name);
            if (others >= limits.MaxGroups)
            {
                return FormattableString.Invariant($"the tenant has {others} other rule groups, the limit is {limits.MaxGroups} ({TenantRuleLimits.MaxGroupsOption})");
            }

            await _store.PutAsync(tenant, group, cancellationToken);
            return null;
        }
        finally
        {
            _ = _counting.Release();
        }
    }

    private async Task DeleteAsync(HttpContext context, TenantId tenant, RuleConfigPath path)
    {
        if (path.Namespace is null)
        {
            await AnswerAsync(context, StatusCodes.Status405MethodNotAllowed, "DELETE a namespace or a group");
            return;
        }

        RuleGroup[] groups = await FindAsync(tenant, path, context.RequestAborted);
        if (groups.Length == 0)
        {
            await AnswerAsync(context, StatusCodes.Status404NotFound, path.Group is null ? NoGroups : NoGroup);
            return;
        }

        foreach (RuleGroup group in groups)
        {
            await _store.DeleteAsync(tenant, group.File, group.Name, CancellationToken.None);
        }

        await AcceptAsync(context, tenant);
    }

    private async ValueTask<RuleGroup[]> FindAsync(TenantId tenant, RuleConfigPath path, CancellationToken cancellationToken) =>
        [.. (await _store.ListAsync(tenant, cancellationToken)).Groups.Where(group =>
            (path.Namespace is null || group.File == path.Namespace) && (path.Group is null || group.Name == path.Group))];

    private async Task AcceptAsync(HttpContext context, TenantId tenant)
    {
        _ = await _loader.RefreshAsync(tenant); // when it fails, the next look at object storage finds the change
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync("""{"status":"success","data":null,"errorType":"","error":""}""", context.RequestAborted);
    }

    /// <summary>The body; null when it is too large.</summary>
    private async Task<byte[]?> ReadBodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        byte[] piece = new byte[16 << 10];
        int length;
        while ((length = await context.Request.Body.ReadAsync(piece, context.RequestAborted)) > 0)
        {
            if (body.Length + length > _options.MaxFileBytes)
            {
                return null;
            }

            body.Write(piece, 0, length);
        }

        return body.ToArray();
    }

    private static Task AnswerAsync(HttpContext context, int statusCode, string message)
    {
        context.Response.StatusCode = statusCode;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(message + "\n", context.RequestAborted);
    }
}
