using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using PromptAD.Client;
using PromptAD.Server.Operations;
using PromptAD.Server.Security;
using PromptAD.Server.Tests.Fixtures;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Security;

/// <summary>Who may do what, and that nothing is open by mistake.</summary>
public sealed class AccessTests(TinyBackbone backbone) : TemporaryFolder
{
    /// <summary>All that may be asked for by anybody.</summary>
    private static readonly string[] Open =
    [
        "/openapi.json", "/docs", "/docs/{documentName?}", "/docs/favicon.svg", "/docs/scalar.js", "/docs/scalar.aspnetcore.js", "/health/live", "/health/ready",
        "/setup", "/sign-in", "/api/setup", "/api/sign-in", "/theme.css",
    ];

    private const string NewFiles = "/{**path:file}";

    /// <summary>Folders of files that make the page: styles, scripts, the icon.</summary>
    private static readonly string[] OpenFolders = ["/_content/", "/_framework/"];

    [Fact]
    public async Task No_endpoint_is_open_by_mistake()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        RouteEndpoint[] all = [.. service.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Distinct()];
        Assert.True(all.Length > 40);

        foreach (RouteEndpoint endpoint in all)
        {
            string route = $"/{endpoint.RoutePattern.RawText?.Trim('/')}";
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            {
                if (!OpenFolders.Any(folder => route.StartsWith(folder, StringComparison.Ordinal))) Assert.Contains(route, Open);
                continue;
            }
            // Files that a build has put beside its manifest; the policy for all that names no role holds.
            if (route != NewFiles) Assert.True(endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Count > 0, $"{route} names no role");
            string address = route.Replace(NewFiles, "/any.js").Replace("{id:long}", "1").Replace("{number:int}", "1").Replace("{product}", "p").Replace("{id}", "x").Replace("{name}", "x").Replace("{station}", "s");
            foreach (string method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                HttpResponseMessage response = await service.Anonymous.SendAsync(new HttpRequestMessage(new HttpMethod(method), address));
                bool isLed = response.RequestMessage!.RequestUri!.AbsolutePath == "/sign-in"; // pages lead there
                Assert.True(isLed || response.StatusCode == HttpStatusCode.Unauthorized, $"{method} {address}: {response.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task Each_role_may_do_what_it_is_for_and_no_more()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        HttpClient station = await service.WithKeyAsync("line-1"), reviewer = await service.WithKeyAsync("desk", Role.Operator);
        HttpClient engineer = await service.WithKeyAsync("lab", Role.Engineer);

        await Ok(station.GetAsync("/api/inspections"));
        Assert.Contains("Station", await Refused(HttpStatusCode.Forbidden, station.GetAsync("/api/jobs")));
        await Refused(HttpStatusCode.Forbidden, station.PutAsJsonAsync("/api/inspections/1/review", new ReviewRequest(null)));
        await Ok(reviewer.GetAsync("/api/jobs"));
        await Refused(HttpStatusCode.Forbidden, reviewer.PostAsJsonAsync("/api/products", new NewProduct("a"), ServiceJson.Options));
        await Ok(engineer.PostAsJsonAsync("/api/products", new NewProduct("a"), ServiceJson.Options));
        await Refused(HttpStatusCode.Forbidden, engineer.GetAsync("/api/audit"));
        await Refused(HttpStatusCode.Forbidden, engineer.PostAsJsonAsync("/api/keys", new NewKey("b"), ServiceJson.Options));
        await Refused(
            HttpStatusCode.BadRequest, service.Administrator.PostAsJsonAsync("/api/keys", new NewKey("b", Role.Administrator), ServiceJson.Options));
    }

    [Fact]
    public async Task The_first_administrator_is_made_once_and_by_the_link_alone()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        string token = service.Services.GetRequiredService<SetupToken>().Text;

        await Refused(HttpStatusCode.Conflict, Setup(token));
        await Refused(HttpStatusCode.Forbidden, Setup("guessed"));
        await Refused(HttpStatusCode.Forbidden, Setup(""));

        Task<HttpResponseMessage> Setup(string sent) =>
            service.Anonymous.PostAsJsonAsync("/api/setup", new FirstAdministrator(sent, "eve", Password), ServiceJson.Options);
    }

    [Fact]
    public async Task A_key_is_refused_once_it_is_revoked_or_has_expired()
    {
        var clock = new SetClock();
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone, configure: services => services.AddSingleton<TimeProvider>(clock));
        CreatedKey lasting = await PostAsync<CreatedKey>(service.Administrator, "/api/keys", new NewKey("line-1", Days: 7));
        CreatedKey revoked = await PostAsync<CreatedKey>(service.Administrator, "/api/keys", new NewKey("line-2"));
        await Ok(With(lasting.Key));
        await Ok(With(revoked.Key));

        await Ok(service.Administrator.DeleteAsync($"/api/keys/{revoked.Info.Id}"));
        Assert.Contains("revoked", await Refused(HttpStatusCode.Unauthorized, With(revoked.Key)));
        clock.Move(TimeSpan.FromDays(8));
        Assert.Contains("expired", await Refused(HttpStatusCode.Unauthorized, With(lasting.Key)));
        Assert.Contains("not known", await Refused(HttpStatusCode.Unauthorized, With(lasting.Key[..^1] + (lasting.Key[^1] == '0' ? '1' : '0'))));
        Assert.Contains("no key", await Refused(HttpStatusCode.Unauthorized, With("x")));

        Task<HttpResponseMessage> With(string key)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/api/inspections");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            return service.Anonymous.SendAsync(request);
        }
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_a_user_for_a_while()
    {
        var clock = new SetClock();
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone, configure: services => services.AddSingleton<TimeProvider>(clock));
        for (int i = 0; i < 5; i++) await Refused(HttpStatusCode.Unauthorized, SignInAsync("wrong password"));

        await Refused(HttpStatusCode.Unauthorized, SignInAsync(Password));
        clock.Move(TimeSpan.FromMinutes(16));
        await Ok(SignInAsync(Password));

        Task<HttpResponseMessage> SignInAsync(string password) =>
            service.Anonymous.PostAsJsonAsync("/api/sign-in", new SignIn(Name, password), ServiceJson.Options);
    }

    [Fact]
    public async Task A_user_who_was_shut_out_is_out_at_once_and_one_administrator_stays()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await PostAsync<UserInfo>(service.Administrator, "/api/users", new NewUser("bert", Password, Role.Engineer));
        using var bert = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = service.Address };
        await Ok(bert.PostAsJsonAsync("/api/sign-in", new SignIn("bert", Password), ServiceJson.Options));
        await Ok(bert.GetAsync("/api/account"));

        await Ok(Change("bert", new UserChange(Disabled: true)));

        await Refused(HttpStatusCode.Unauthorized, bert.GetAsync("/api/account"));
        Assert.Contains("only administrator", await Refused(HttpStatusCode.Conflict, Change(Name, new UserChange(Role: Role.Operator))));

        Task<HttpResponseMessage> Change(string name, UserChange change) =>
            service.Administrator.PatchAsJsonAsync($"/api/users/{name}", change, ServiceJson.Options);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    public async Task A_page_of_another_site_changes_nothing(string header, string value)
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/products") { Content = JsonContent.Create(new NewProduct("a")) };
        request.Headers.Add(header, value);

        Assert.Contains("another site", await Refused(HttpStatusCode.Forbidden, service.Administrator.SendAsync(request)));
    }

    [Fact]
    public async Task The_cookie_is_for_this_site_alone_and_no_secret_is_in_the_answers()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);

        HttpResponseMessage answer = await Ok(
            service.Anonymous.PostAsJsonAsync("/api/sign-in", new SignIn(Name, Password), ServiceJson.Options));

        string cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie);
        Assert.Contains("samesite=strict", cookie);
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
        CreatedKey key = await PostAsync<CreatedKey>(service.Administrator, "/api/keys", new NewKey("line-1"));
        string audit = await service.Administrator.GetStringAsync("/api/audit.jsonl");
        Assert.DoesNotContain(key.Key[^64..], audit);
        Assert.DoesNotContain(Password, audit);
        Assert.DoesNotContain(key.Key[^64..], await service.Administrator.GetStringAsync("/api/keys"));
    }

    [Fact]
    public async Task Guessing_passwords_is_slowed_down()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone, settings: ["--Service:LoginsPerMinute=3"]);
        HttpStatusCode last = HttpStatusCode.OK;
        for (int i = 0; i < 4; i++)
            last = (await service.Anonymous.PostAsJsonAsync("/api/sign-in", new SignIn("x", "y"), ServiceJson.Options)).StatusCode;

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }
}
