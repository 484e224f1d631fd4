using System.Net;
using System.Net.Http.Headers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using PromptAD.Client;
using PromptAD.Server.Storage;
using PromptAD.Server.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;
using static PromptAD.Server.Tests.Fixtures.ServiceUnderTest;

namespace PromptAD.Server.Tests.Pages;

/// <summary>The administration in a real browser: what is set up there is so in the service.</summary>
public sealed class AdminPageTests(TinyBackbone backbone, Chromium chromium) : TemporaryFolder
{
    [Fact]
    public async Task A_user_who_is_let_in_has_the_rights_of_the_role_until_locked()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await using BrowserWindow window = await chromium.OpenAsync(service), other = await chromium.OpenAsync(service);
        await window.SignInAsync("/administration");
        await Expect(window.Page.Locator("[data-user=anna]")).ToContainTextAsync("(you)");
        await Expect(window.Page.Locator("[data-user=anna] button")).ToHaveCountAsync(1); // nobody locks himself out

        await window.Page.FillAsync("[name=name]", "bert");
        await window.Page.FillAsync("[name=password]", "short");
        await Button(window, "Add").ClickAsync();
        await Expect(window.Page.Locator("main [role=alert]")).ToContainTextAsync("10 to 200 characters");
        await window.Page.FillAsync("[name=password]", Password);
        await Button(window, "Add").ClickAsync();
        await Expect(window.Page.Locator("[data-user=bert]")).ToContainTextAsync("Operator");

        await other.SignInAsync("/review", "bert");
        await Expect(other.Page.Locator(".menu")).ToContainTextAsync("Quality");
        Assert.DoesNotContain("Administration", await other.Page.Locator(".menu").InnerTextAsync());
        await other.Page.GotoAsync("/administration/audit");
        await Expect(other.Page.Locator("main [role=alert]")).ToHaveTextAsync("Your role may not do this; ask an administrator.");
        Assert.Equal(0, await other.Page.Locator("table").CountAsync());

        await window.Page.Locator("[data-user=bert]").GetByRole(AriaRole.Button, new() { Name = "Change" }).ClickAsync();
        await window.Page.SelectOptionAsync("[name=role]", nameof(Role.Administrator));
        await Button(window, "Save").ClickAsync();
        await Expect(window.Page.Locator("[data-user=bert]")).ToContainTextAsync("Administrator");
        await other.Page.Context.ClearCookiesAsync();
        await other.SignInAsync("/administration/audit", "bert");
        await Expect(other.Page.Locator(".rows")).ToContainTextAsync("user.created");

        await window.Page.Locator("[data-user=bert]").GetByRole(AriaRole.Button, new() { Name = "Lock" }).ClickAsync();
        await Expect(window.Page.Locator("[data-user=bert]")).ToContainTextAsync("Locked");
        await Button(other, "Verify").ClickAsync();
        await Expect(other.Page.Locator(".notice")).ToContainTextAsync("The sign-in has ended");

        // Nothing that cannot be taken back happens by one click.
        ILocator delete = window.Page.Locator("[data-user=bert]").GetByRole(AriaRole.Button, new() { Name = "Delete" });
        ILocator cancel = window.Page.Locator("[data-user=bert]").GetByRole(AriaRole.Button, new() { Name = "Cancel" });
        await delete.ClickAsync();
        await Expect(cancel).ToBeVisibleAsync();
        await Expect(delete).ToBeFocusedAsync();
        await cancel.ClickAsync();
        await Expect(cancel).ToHaveCountAsync(0);
        Assert.Equal(2, (await GetAsync<UserInfo[]>(service.Administrator, "/api/users")).Length);
        await delete.ClickAsync();
        await Expect(cancel).ToBeVisibleAsync();
        await Expect(delete).ToBeFocusedAsync();
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Page.Locator("[data-user=bert]")).ToHaveCountAsync(0);
        Assert.Equal(HttpStatusCode.NotFound, (await service.Administrator.DeleteAsync("/api/users/bert")).StatusCode);
        Assert.Contains("only administrator", await Refused(HttpStatusCode.Conflict, service.Administrator.DeleteAsync("/api/users/anna")));
        window.CheckQuiet();
    }

    [Fact]
    public async Task A_key_is_shown_once_and_revoked()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await using BrowserWindow window = await chromium.OpenAsync(service);
        await window.SignInAsync("/administration/keys");
        await window.Page.FillAsync("[name=name]", "line-7");
        await window.Page.FillAsync("[name=days]", "30");
        await Button(window, "Add").ClickAsync();

        string key = await window.Page.Locator("[data-secret]").InnerTextAsync();
        using var station = new HttpClient { BaseAddress = service.Address };
        station.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        Assert.Equal("line-7", (await GetAsync<UserInfo>(station, "/api/account")).Name);
        await window.ShootAsync("admin-key-once");
        await Button(window, "I have noted it").ClickAsync();
        await Expect(window.Page.Locator("[data-secret]")).ToHaveCountAsync(0);
        Assert.DoesNotContain(key.Split('.', '-', '_')[^1], await window.Page.ContentAsync());
        await window.Page.ReloadAsync();
        await Expect(window.Page.Locator("[data-key=line-7]")).ToContainTextAsync("Active");
        Assert.DoesNotContain(key.Split('.', '-', '_')[^1], await window.Page.ContentAsync());

        await window.Page.Locator("[data-key=line-7]").GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await window.Page.Locator("[data-key=line-7]").GetByRole(AriaRole.Button, new() { Name = "Revoke", Exact = true }).ClickAsync();
        await Expect(window.Page.Locator("[data-key=line-7]")).ToContainTextAsync("Revoked");
        Assert.Equal(HttpStatusCode.Unauthorized, (await station.GetAsync("/api/account")).StatusCode);
        window.CheckQuiet();
    }

    [Fact]
    public async Task A_folder_is_watched_changed_and_switched_off()
    {
        string root = Directory.CreateDirectory(Path.Combine(Folder, "camera", "top")).Parent!.FullName;
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(
            Path.Combine(Folder, "data"), backbone, settings: ["--Service:FolderRoots:0:Name=camera", $"--Service:FolderRoots:0:Path={root}"]);
        await service.ImportAsync("plate", backbone);
        await using BrowserWindow window = await chromium.OpenAsync(service);
        await window.SignInAsync("/administration/sources");
        ILocator row = window.Page.Locator("[data-source=top]");

        await Button(window, "Watch a folder").ClickAsync();
        await window.Page.FillAsync("[name=name]", "top");
        await window.Page.FillAsync("[name=folder]", "../out");
        await window.Page.SelectOptionAsync("[name=product]", "plate");
        await Button(window, "Save").ClickAsync();
        await Expect(window.Page.Locator("main [role=alert]")).ToContainTextAsync("..");
        await window.Page.FillAsync("[name=folder]", "top");
        await window.Page.FillAsync("[name=poll]", "0.1");
        await window.Page.FillAsync("[name=settle]", "0.1");
        await window.ShootAsync("admin-source-form");
        await Button(window, "Save").ClickAsync();
        await Expect(row).ToContainTextAsync("camera/top");
        await File.WriteAllBytesAsync(Path.Combine(root, "top", "a.bmp"), TestPictures.Good(1));
        await Eventually.GetAsync(() => GetAsync<SourceInfo[]>(service.Administrator, "/api/sources"), all => all[0].Pictures == 1, "the picture");

        await row.GetByRole(AriaRole.Button, new() { Name = "Change" }).ClickAsync();
        await window.Page.FillAsync("[name=station]", "line-9");
        await Button(window, "Save").ClickAsync();
        await Expect(row).ToContainTextAsync("line-9");
        await row.GetByRole(AriaRole.Button, new() { Name = "Switch off" }).ClickAsync();
        await Expect(window.Page.Locator(".notice")).ToHaveTextAsync("top is off; its files wait.");
        Assert.False((await GetAsync<SourceInfo[]>(service.Administrator, "/api/sources"))[0].Enabled);
        await row.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(window.Page.Locator(".empty")).ToContainTextAsync("No pictures come");
        window.CheckQuiet();
    }

    [Fact]
    public async Task A_receiver_s_secret_is_sent_and_never_shown()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await using BrowserWindow window = await chromium.OpenAsync(service);
        await window.SignInAsync("/administration/sinks");
        ILocator row = window.Page.Locator("[data-sink=erp]");
        await Button(window, "Add a receiver").ClickAsync();
        await window.Page.FillAsync("[name=name]", "erp");
        await window.Page.FillAsync("[name=url]", "http://127.0.0.1:9/hook");
        await window.Page.FillAsync("[name=secret]", "very-secret-text");
        await window.Page.CheckAsync("[name=ng]");
        await window.ShootAsync("admin-sink-form");
        await Button(window, "Save").ClickAsync();

        await Expect(row).ToContainTextAsync("Webhook");
        SinkSettings made = (await GetAsync<SinkInfo[]>(service.Administrator, "/api/sinks"))[0].Settings!;
        Assert.Equal((true, "http://127.0.0.1:9/hook"), (made.HasSecret, made.Url));
        Assert.Equal([InspectionVerdict.NG], made.Verdicts);
        await row.GetByRole(AriaRole.Button, new() { Name = "Change" }).ClickAsync();
        await Expect(window.Page.Locator("[name=secret]")).ToHaveValueAsync("");
        await Button(window, "Save").ClickAsync();
        await Expect(window.Page.Locator(".notice")).ToHaveTextAsync("erp is changed.");
        Assert.True((await GetAsync<SinkInfo[]>(service.Administrator, "/api/sinks"))[0].Settings!.HasSecret);
        await row.GetByRole(AriaRole.Button, new() { Name = "Change" }).ClickAsync();
        await window.Page.CheckAsync("[name=remove-secret]");
        await Button(window, "Save").ClickAsync();
        await Eventually.GetAsync(() => GetAsync<SinkInfo[]>(service.Administrator, "/api/sinks"), all => all is [{ Settings.HasSecret: false }], "the sink without a secret");
        await row.GetByRole(AriaRole.Button, new() { Name = "Switch off" }).ClickAsync();
        await Expect(row).ToContainTextAsync("Off");
        Assert.DoesNotContain("very-secret-text", await window.Page.ContentAsync());
        Assert.DoesNotContain("very-secret-text", await (await service.Administrator.GetAsync("/api/audit.jsonl")).Content.ReadAsStringAsync());
        window.CheckQuiet();
    }

    [Fact]
    public async Task The_audit_trail_is_searched_and_verified()
    {
        await using ServiceUnderTest service = await ServiceUnderTest.StartAsync(Folder, backbone);
        await service.ImportAsync("plate", backbone);
        await service.WithKeyAsync("line-1");
        await using BrowserWindow window = await chromium.OpenAsync(service);
        await window.SignInAsync("/administration/audit");
        await Expect(window.Page.Locator(".rows")).ToContainTextAsync("key.created");

        await window.Page.FillAsync("[name=what]", "PRODUCT plate");
        await window.Page.FillAsync("[name=who]", "Anna");
        await Button(window, "Search").ClickAsync();
        await Expect(window.Page.Locator(".rows")).Not.ToContainTextAsync("key.created");
        await Expect(window.Page.Locator(".rows")).ToContainTextAsync("version.activated");
        await window.Page.FillAsync("[name=from]", "2031-01-01T00:00");
        await Button(window, "Search").ClickAsync();
        await Expect(window.Page.Locator(".empty")).ToContainTextAsync("No entry fits");
        await Button(window, "Clear").ClickAsync();
        await Button(window, "Verify the chain").ClickAsync();
        await Expect(window.Page.Locator("[data-check]")).ToContainTextAsync("The trail is whole");
        await using (ServiceContext db = await service.Services.GetRequiredService<IDbContextFactory<ServiceContext>>().CreateDbContextAsync())
            await db.Database.ExecuteSqlRawAsync("UPDATE audit SET \"Actor\" = 'nobody' WHERE \"Number\" = 2");
        await Button(window, "Verify the chain").ClickAsync();
        await Expect(window.Page.Locator("[data-check]")).ToContainTextAsync("Entry 2 of the audit trail was changed.");
        window.CheckQuiet();
    }

    private static ILocator Button(BrowserWindow window, string name) => window.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = name != "Verify" });
}
