using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using MudBlazor.Services;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Pages;
using PromptAD.Server.Security;

namespace PromptAD.Server.PageHosting;

/// <summary>Brings the page into the service.</summary>
internal static class PageHost
{
    private const string Circuits = "/_blazor";

    /// <exception cref="PromptADException">A shift begins at no hour of a day.</exception>
    public static void AddTo(IServiceCollection services, ServiceOptions options)
    {
        foreach (int hour in options.ShiftHours.Where(hour => hour is < 0 or > 23))
        {
            throw new PromptADException(
                Problem.OutOfRange, $"A shift begins at hour {hour} (Service:ShiftHours); it must be 0 to 23.");
        }
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddCascadingAuthenticationState();
        services.AddMudServices();
        services.AddLocalization();
        services.AddSingleton(new PageOptions { ShiftHours = options.ShiftHours });
        services.AddSingleton<OwnPipeline>();
        services.AddScoped(provider => new InspectionClient(
            new Uri("http://localhost"), key: null, handler: new OwnRequests(
                provider.GetRequiredService<OwnPipeline>(), provider.GetRequiredService<IServiceScopeFactory>(),
                provider.GetRequiredService<AuthenticationStateProvider>())));
    }

    /// <summary>The page's language and the numbers that go with it. The interface's answers are the same in every language.</summary>
    public static void UseLanguages(IApplicationBuilder app) => app.UseWhen(
        context => IsPage(context) || context.Request.Path.StartsWithSegments(Circuits),
        page => page.UseRequestLocalization(PageCultures.Configure));

    public static void Map(WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapGet(ThemeSheet.Path, () => TypedResults.Content(ThemeSheet.Text, "text/css; charset=utf-8"))
            .AllowAnonymous().ExcludeFromDescription();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(mode => mode.ContentSecurityFrameAncestorsPolicy = null) // SecurityHeaders has it
            .RequireAuthorization(Policies.Operator);
    }

    /// <summary>Whether a request asks for the page, and not for the interface.</summary>
    public static bool IsPage(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;

    /// <summary>Where to sign in, and from there back.</summary>
    public static string SignInPath(HttpRequest request) =>
        $"/sign-in?back={Uri.EscapeDataString($"{request.Path}{request.QueryString}")}";
}
