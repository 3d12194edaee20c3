"""Sign-in forms with labels and messages of our own."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthMFAReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from django import forms
from django.contrib.auth import password_validation

from organisation.models import User

NEW_HELP = "Mindst 12 tegn. Vælg noget, som ingen kan gætte, og som du ikke bruger andre steder."


def _word(field: forms.Field, label: str, missing: str, help_text: str = "") -> None:
    field.label, field.help_text = label, help_text
    field.error_messages["required"] = missing
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs["class"] = "form-input"


class LoginForm(AllauthLoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["login"], "Brugernavn", "Skriv dit brugernavn.")
        _word(self.fields["password"], "Adgangskode", "Skriv din adgangskode.")


class ReauthenticateForm(AllauthReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["password"], "Adgangskode", "Skriv din adgangskode.")


class ChangePasswordForm(AllauthChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["oldpassword"], "Nuværende adgangskode", "Skriv den adgangskode, du bruger nu.")
        _word(self.fields["password1"], "Ny adgangskode", "Skriv en ny adgangskode.", NEW_HELP)
        _word(self.fields["password2"], "Ny adgangskode igen", "Skriv den nye adgangskode en gang til.")


class AuthenticateForm(AllauthAuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(
            self.fields["code"], "Kode", "Skriv koden fra din app.", "6 cifre fra din app, eller en af dine nødkoder."
        )


class MFAReauthenticateForm(AllauthMFAReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(
            self.fields["code"], "Kode", "Skriv koden fra din app.", "6 cifre fra din app, eller en af dine nødkoder."
        )


class ActivateTOTPForm(AllauthActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["code"], "Kode fra appen", "Skriv den kode, appen viser.", "6 cifre")


class ChoosePasswordForm(forms.Form):
    """The form behind a one-time link."""

    password1 = forms.CharField(strip=False, max_length=200, widget=forms.PasswordInput)
    password2 = forms.CharField(strip=False, max_length=200, widget=forms.PasswordInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        _word(self.fields["password1"], "Adgangskode", "Skriv en adgangskode.", NEW_HELP)
        _word(self.fields["password2"], "Adgangskode igen", "Skriv adgangskoden en gang til.")
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "new-password"

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        password_validation.validate_password(password, self.user)
        return password

    def clean_password2(self) -> str:
        second: str = self.cleaned_data["password2"]
        if "password1" in self.cleaned_data and second != self.cleaned_data["password1"]:
            raise forms.ValidationError("De to adgangskoder er ikke ens.")
        return second


class DemoLoginForm(forms.Form):
    username = forms.CharField(max_length=150)
